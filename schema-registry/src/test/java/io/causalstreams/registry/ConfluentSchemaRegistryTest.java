package io.causalstreams.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfluentSchemaRegistryTest {

    private static final String ORDERS =
            "{\"subject\":\"shop/orders-value\",\"version\":3,\"id\":17,\"schemaType\":\"PROTOBUF\",\"schema\":\"message\","
                    + "\"references\":[{\"name\":\"line.proto\",\"subject\":\"line\",\"version\":2}]}";

    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String answer = ORDERS;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldAskForSubjects() {
        ConfluentSchemaRegistry registry = ConfluentSchemaRegistry.of(
                Map.of("schema.registry.url", address() + "/api/", "basic.auth.user.info", "me:secret"));
        assertThat(registry.latest("shop/orders-value"))
                .isEqualTo(new RegisteredSchema(
                        "shop/orders-value",
                        3,
                        17,
                        SchemaType.PROTOBUF,
                        "message",
                        List.of(new RegisteredSchema.Reference("line.proto", "line", 2))));
        registry.version("shop/orders-value", 2);
        assertThat(asked)
                .containsExactly(
                        "/api/subjects/shop%2Forders-value/versions/latest Basic bWU6c2VjcmV0",
                        "/api/subjects/shop%2Forders-value/versions/2?deleted=true Basic bWU6c2VjcmV0");
    }

    @Test
    void shouldTakeASchemaWithoutTypeForAvro() {
        answer = "{\"version\":1,\"id\":1,\"schema\":\"{}\"}";
        assertThat(ConfluentSchemaRegistry.at(address()).latest("a").type()).isEqualTo(SchemaType.AVRO);
    }

    @Test
    void shouldAskTheNextAddressWhenOneDoesNotAnswer() {
        ConfluentSchemaRegistry registry = ConfluentSchemaRegistry.of(
                Map.of("schema.registry.url", "http://127.0.0.1:1, " + address(), "bearer.auth.token", "abc"));
        assertThat(registry.latest("a").version()).isEqualTo(3);
        assertThat(asked).containsExactly("/subjects/a/versions/latest Bearer abc");
    }

    @ParameterizedTest
    @CsvSource({
        "400, '{\"error_code\":400}', true",
        "404, '<html>', true",
        "404, '{\"error_code\":404}', true",
        "404, '{\"error_code\":40401}', false",
        "401, '<html>', false",
        "403, '{\"error_code\":40301}', false",
        "408, '', true",
        "429, '{\"error_code\":42901}', true",
        "503, '', true"
    })
    void shouldAskTheNextAddressUnlessTheFirstSpeaksForAll(int said, String body, boolean next) {
        // Given
        status = said;
        answer = body;
        server.createContext("/next", exchange -> {
            byte[] schema = ORDERS.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, schema.length);
            exchange.getResponseBody().write(schema);
            exchange.close();
        });
        ConfluentSchemaRegistry registry = ConfluentSchemaRegistry.at(address() + "," + address() + "/next");

        // Then
        if (next) {
            assertThat(registry.latest("orders-value").version()).isEqualTo(3);
        } else {
            assertThatThrownBy(() -> registry.latest("orders-value"))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining(address() + " answers " + said);
        }
    }

    @Test
    void shouldSayWhatTheRegistrySays() {
        status = 404;
        answer = "{\"error_code\":40401,\"message\":\"Subject 'orders-value' not found.\"}";
        assertThatThrownBy(() -> ConfluentSchemaRegistry.at(address()).latest("orders-value"))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessage("subject orders-value: the schema registry at " + address()
                        + " answers 404: Subject 'orders-value' not found.");
        for (int said : List.of(400, 408, 422, 500)) {
            status = said;
            answer = "{\"error_code\":42202,\"message\":\"The version is none.\"}";
            assertThatThrownBy(() -> ConfluentSchemaRegistry.at(address()).latest("orders-value"))
                    .hasMessageContaining("does not answer")
                    .hasMessageEndingWith(
                            "HTTP " + said + " and no schema from " + address() + ": The version is none.");
        }
        assertThatThrownBy(() -> ConfluentSchemaRegistry.at(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("schema.registry.url is missing");
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }
}
