package io.causalstreams.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.causalstreams.topology.FormUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RegisteredFormatTest {
    private static final byte[] FRAMED = {0, 0, 0, 0, 7, 1, 2};

    @Test
    void shouldTakeValuesWithoutAFrameAsTheyAre() {
        byte[] json = "{\"prompt\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(format("http://127.0.0.1:1").toJson("prompts", json)).isSameAs(json);
    }

    @Test
    void shouldWaitForARegistryThatDoesNotAnswer() {
        RegisteredFormat format = format("http://127.0.0.1:1");
        assertThatThrownBy(() -> format.toJson("prompts", FRAMED))
                .isInstanceOf(FormUnavailableException.class)
                .hasMessageContaining("schema id 7");
    }

    @Test
    void shouldNotWaitForASchemaThatIsNotThere() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "{\"error_code\":40403,\"message\":\"Schema not found\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            RegisteredFormat format =
                    format("http://127.0.0.1:" + server.getAddress().getPort());
            assertThat(format.toJson("prompts", FRAMED)).isSameAs(FRAMED);
            assertThatThrownBy(() -> format.fromJson("completions", "{}".getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining("completions-value");
        } finally {
            server.stop(0);
        }
    }

    private static RegisteredFormat format(String address) {
        return RegisteredFormat.of(ConfluentSchemaRegistry.at(address), SchemaType.AVRO);
    }
}
