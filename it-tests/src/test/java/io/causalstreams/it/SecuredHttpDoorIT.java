package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.it.HttpClients.Streamed;
import io.causalstreams.it.HttpClients.Whole;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code serve --http-port} as a user with the rights of docs/operations.md and docs/http.md, and no more. */
@Tag("security")
@MostlyWaits
@SuppressWarnings("NullAway.Init") // set before all
class SecuredHttpDoorIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String CHAT = "/v1/chat/completions";
    private static final List<AclBinding> RIGHTS = Stream.of(DocumentedAcls.ofServe(), DocumentedAcls.ofDoor())
            .flatMap(page -> page.bindings().stream())
            .toList();

    private static SecuredBroker broker;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        broker = SecuredBroker.embedded();
        admin = broker.admin();
        admin.createTopics(Stream.of("prompts", "tokens", "completions", "dead-letters")
                        .map(name -> new NewTopic(name, 2, (short) 1))
                        .toList())
                .all()
                .get();
        admin.createAcls(RIGHTS).all().get();
        awaitRights(RIGHTS);
    }

    @AfterAll
    static void stop() {
        if (admin != null) {
            admin.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void shouldAnswerWithTheDocumentedRightsAndSayWhenOneIsTakenAway() throws Exception {
        int port = FreePort.find();
        try (CommandProcess serve = serve(port, "--http-console")) {
            serve.awaitOutput("Serving ", LIMIT);

            // a whole answer, a stream, the rest of a stream that was cut, a refusal, the console
            Whole whole = HttpClients.post(port, CHAT, chat(8, ""));
            assertThat(whole.status()).as(whole.body().toString()).isEqualTo(200);
            Streamed stream = HttpClients.stream(port, CHAT, chat(8, ",\"stream\":true"));
            assertThat(stream.whole()).isTrue();
            assertThat(stream.text())
                    .isEqualTo(whole.body().at("/choices/0/message/content").asText());
            Streamed rest = HttpClients.stream(
                    port,
                    CHAT,
                    chat(8, ",\"stream\":true"),
                    "Last-Event-ID",
                    String.valueOf(stream.events().get(0).id()));
            assertThat(rest.whole()).isTrue();
            assertThat(stream.text()).endsWith(rest.text());
            assertThat(HttpClients.post(port, CHAT, chat(8, ",\"temperature\":-1"))
                            .status())
                    .isEqualTo(400);
            assertThat(console(port))
                    .contains("\"partition\":0", "\"partition\":1")
                    .doesNotContain("\"trouble\"");

            // When
            AclBinding taken = right(AclOperation.WRITE, "prompts");
            remove(taken);

            // Then: until it is back
            try {
                Whole refused = HttpClients.post(port, CHAT, chat(8, ""));
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.body().toString()).contains("the prompt could not be published");
                assertThat(serve.output()).contains("Not authorized to access topics: [prompts]");
            } finally {
                giveBack(taken);
            }
            assertThat(HttpClients.post(port, CHAT, chat(8, "")).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "{0} on {1}")
    @CsvSource({"WRITE, prompts", "READ, tokens", "READ, completions", "READ, dead-letters"})
    void shouldEndAndSayWhichRightOfTheDoorIsMissing(AclOperation operation, String topic) throws Exception {
        // Given
        AclBinding taken = right(operation, topic);
        remove(taken);
        try (CommandProcess serve = serve(FreePort.find())) {
            // Then
            assertThat(serve.awaitExit(LIMIT)).as(serve.output()).isEqualTo(1);
            assertThat(serve.output().lines().filter(line -> line.startsWith("causal-streams: ")))
                    .singleElement()
                    .asString()
                    .contains("user serve: no " + (operation == AclOperation.WRITE ? "Write" : "Read") + " on topic "
                            + topic + ";")
                    .contains("docs/http.md")
                    .doesNotContain(SecuredBroker.PASSWORD);
        } finally {
            giveBack(taken);
        }
    }

    /** What the console tells until it has told how far the operator is. */
    private static String console(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/console/api/live"))
                .build();
        StringBuilder told = new StringBuilder();
        try (Stream<String> lines =
                HttpClient.newHttpClient().send(request, BodyHandlers.ofLines()).body()) {
            for (String line : (Iterable<String>) lines::iterator) {
                told.append(line);
                if (line.contains("\"partition\":1") || line.contains("\"trouble\"")) {
                    break;
                }
            }
        }
        return told.toString();
    }

    private static String chat(int tokens, String more) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"ignore_eos\":true,\"temperature\":0,"
                + "\"max_tokens\":" + tokens + more + "}";
    }

    /** One of the door's. */
    private static AclBinding right(AclOperation operation, String topic) {
        return DocumentedAcls.ofDoor().bindings().stream()
                .filter(each -> each.entry().operation() == operation
                        && each.pattern().name().equals(topic))
                .findFirst()
                .orElseThrow(() -> new AssertionError("docs/http.md grants no " + operation + " on " + topic));
    }

    private static void remove(AclBinding taken) throws Exception {
        admin.deleteAcls(List.of(taken.toFilter())).all().get();
        awaitRights(RIGHTS.stream().filter(each -> !each.equals(taken)).toList());
    }

    private static void giveBack(AclBinding taken) throws Exception {
        admin.createAcls(List.of(taken)).all().get();
        awaitRights(RIGHTS);
    }

    /** A broker learns of rights from its controller, a moment later. */
    private static void awaitRights(List<AclBinding> rights) {
        Await.await("the broker knows its ACLs")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Set.copyOf(admin.describeAcls(AclBindingFilter.ANY)
                                .values()
                                .get())
                        .equals(Set.copyOf(rights)));
    }

    private static CommandProcess serve(int port, String... more) {
        Map<String, String> settings = new HashMap<>(broker.clientSettings());
        settings.put("state.dir", TestFiles.fresh("state-").toString());
        settings.put("consumer.session.timeout.ms", "3000");
        settings.put("consumer.heartbeat.interval.ms", "1000");
        return CommandProcess.start(
                Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m"),
                Stream.concat(
                                Stream.of(
                                        "serve",
                                        "--bootstrap-servers",
                                        broker.secure(),
                                        "--model",
                                        TestModels.tinyChat().toString(),
                                        "--threads",
                                        "1",
                                        "--http-port",
                                        Integer.toString(port),
                                        "--config",
                                        TestFiles.properties(settings).toString()),
                                Stream.of(more))
                        .toArray(String[]::new));
    }
}
