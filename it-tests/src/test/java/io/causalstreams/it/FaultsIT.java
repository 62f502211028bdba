package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What a user sees when something is missing, broken or taken away: one clear line, the right exit code, no stack trace,
 * and no lost prompt. {@code docs/reliability.md} lists these tests.
 */
class FaultsIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int TERMINATED = 143;
    private static final Map<String, String> FAST = Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m");

    @Test
    void shouldSayThatNoBrokerAnswersAndGiveUp() {
        assertThat(failureOf(1, "serve", "--bootstrap-servers", "127.0.0.1:1", "--wait", "2", "--model", tiny()))
                .contains("no broker answers at 127.0.0.1:1")
                .contains("check --bootstrap-servers");
    }

    @Test
    void shouldRefuseAnUnknownOption() {
        assertThat(outputOf(2, "serve", "--boostrap-servers", "127.0.0.1:1"))
                .contains("unknown option '--boostrap-servers'")
                .contains("--bootstrap-servers");
    }

    @Test
    void shouldNameAModelThatIsNotThere() {
        assertThat(failureOf(1, "generate", "--model", "/no/such/model.gguf", "x"))
                .contains("/no/such/model.gguf");
    }

    @Test
    void shouldNameABrokenGgufFile() throws IOException {
        // Given: a header that promises more than there is
        byte[] header = new byte[64];
        System.arraycopy(new byte[] {'G', 'G', 'U', 'F', 3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 9}, 0, header, 0, 17);
        Path truncated = Files.write(TestFiles.fresh("gguf-").resolve("truncated.gguf"), header);
        Path noise = TestFiles.write(TestFiles.fresh("gguf-").resolve("noise.gguf"), "no model".repeat(100));

        // When / Then
        assertThat(failureOf(1, "generate", "--model", truncated.toString(), "x"))
                .contains("truncated.gguf");
        assertThat(failureOf(1, "generate", "--model", noise.toString(), "x")).contains("noise.gguf");
    }

    @Test
    void shouldNameABrokenSafetensorsFile() throws IOException {
        // Given
        Path truncated = copyOf(TestModels.TINY.resolve("llama-tied"));
        Path weights = truncated.resolve("model.safetensors");
        byte[] all = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(all, all.length / 2));
        Path noise = copyOf(TestModels.TINY.resolve("llama-tied"));
        TestFiles.write(noise.resolve("model.safetensors"), "no tensors".repeat(100));

        // When / Then
        assertThat(failureOf(1, "generate", "--model", truncated.toString(), "x"))
                .contains("model.safetensors");
        assertThat(failureOf(1, "generate", "--model", noise.toString(), "x")).contains("model.safetensors");
    }

    @Test
    void shouldSayByHowMuchAPromptIsTooLong() {
        assertThat(failureOf(1, "generate", "--model", tiny(), "--max-context", "64", "long ".repeat(100)))
                .contains("the context holds 64")
                .contains("shorten the prompt");
    }

    @Test
    void shouldSayThatTheCacheDiskIsFull() throws Exception {
        // Given
        Path cache = TestFiles.fresh("cache-");
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", cache.toString()) == 0,
                "skipped: a small tmpfs cannot be mounted; that needs root");
        try {
            // When
            String line = failureOf(
                    Map.of("XDG_CACHE_HOME", cache.toString()),
                    1,
                    "generate",
                    "--model",
                    TestModels.tinyChatCheckpoint().toString(),
                    "x");

            // Then: and nothing half-written is left that a later run would take for a model
            assertThat(line).contains("No space left").contains("XDG_CACHE_HOME");
            try (Stream<Path> left = Files.walk(cache)) {
                assertThat(left.filter(file -> file.endsWith("export.json"))).isEmpty();
            }
        } finally {
            run("umount", cache.toString());
        }
    }

    @Test
    void shouldAnswerOnWhenItsModelFilesAreDeletedAndNameThemAtTheNextStart() throws IOException {
        // Given
        Path model = copyOf(TestModels.tinyChat());
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            try (CommandProcess serve = serving(broker, model)) {
                // When
                deleteFiles(model);
                client.send("k", "{\"id\": \"after\", \"prompt\": \"x\", \"max_tokens\": 50, \"ignore_eos\": true}");
                client.readCompletions(List.of("after"), LIMIT);

                // Then
                assertThat(client.violations(List.of("after"))).isEmpty();
                assertThat(serve.isAlive()).isTrue();
            }
            assertThat(failureOf(
                            1, "serve", "--bootstrap-servers", broker.bootstrapServers(), "--model", model.toString()))
                    .contains(model.getFileName().toString());
        }
    }

    @Test
    void shouldLoseNothingWhenItIsTerminatedUnderLoad() {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                CommandProcess serve = serving(broker, TestModels.tinyChat())) {
            // Given
            Load load = new Load(client, Seeds.random("FaultsIT"), "term", 20, 200, 1000);
            load.runForTokens(500, LIMIT);

            // When
            serve.signal("TERM");
            int exit = serve.awaitExit(Duration.ofSeconds(10));

            // Then
            assertThat(exit).as(serve.output()).isEqualTo(TERMINATED);
            assertThat(serve.output()).doesNotContain("\tat ").doesNotContain("Exception");
            try (CommandProcess next = serving(broker, TestModels.tinyChat())) {
                load.drain(LIMIT);
                assertThat(load.violations()).isEmpty();
                assertThat(next.isAlive()).isTrue();
            }
        }
    }

    @Test
    void shouldEndWithoutACrashWhenItIsTerminatedInAStep() {
        // Given: the real model, so that the signal comes while a step is computed
        try (CommandProcess generate = CommandProcess.start(
                "generate",
                "--json",
                "--no-speculation",
                "--max-tokens",
                "4000",
                "Tell me a long story about a river.")) {
            generate.awaitOutput("\"token_index\":", LIMIT); // whatever the token is

            // When
            generate.signal("TERM"); // as Ctrl-C, which a build in the background may ignore
            int exit = generate.awaitExit(Duration.ofSeconds(10));

            // Then
            assertThat(exit).as(generate.output()).isEqualTo(TERMINATED);
            assertThat(generate.output()).doesNotContain("fatal error").doesNotContain("causal-streams: ");
        }
    }

    @Test
    void shouldSayThatThePromptsTopicWasDeletedAndGoOnWhenItIsBack() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                CommandProcess serve = serving(broker, TestModels.tinyChat());
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            // When
            admin.deleteTopics(List.of("prompts")).all().get();
            serve.awaitOutput("source topics were missing", LIMIT);
            // the producer's send makes the topic anew
            client.send("k", "{\"id\": \"back\", \"prompt\": \"x\", \"max_tokens\": 5, \"ignore_eos\": true}");
            client.readCompletions(List.of("back"), LIMIT);

            // Then
            assertThat(client.violations(List.of("back"))).isEmpty();
            assertThat(serve.output()).doesNotContain("\tat ");
        }
    }

    @Test
    void shouldSayWhichRightIsMissingAndEnd() throws Exception {
        // Given: whoever has no user name may do everything but write tokens
        Map<String, String> guarded = Map.of(
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found",
                "true");
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, null, guarded);
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                CommandProcess serve = serving(broker, TestModels.tinyChat())) {
            AclBinding onlySomebody = new AclBinding(
                    new ResourcePattern(ResourceType.TOPIC, "tokens", PatternType.LITERAL),
                    new AccessControlEntry("User:somebody", "*", AclOperation.WRITE, AclPermissionType.ALLOW));
            admin.createAcls(List.of(onlySomebody)).all().get();

            // When
            client.send("k", "{\"id\": \"refused\", \"prompt\": \"x\", \"max_tokens\": 5}");

            // Then
            assertThat(serve.awaitExit(LIMIT)).as(serve.output()).isEqualTo(1);
            String said = serve.output().substring(serve.output().indexOf("Stop it with Ctrl-C"));
            assertThat(said.lines().skip(1))
                    .singleElement()
                    .asString()
                    .startsWith("causal-streams: ")
                    .contains("no Write on topic tokens");
        }
    }

    private static CommandProcess serving(EmbeddedBroker broker, Path model) {
        CommandProcess serve = CommandProcess.start(
                FAST,
                "serve",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--model",
                model.toString(),
                "--threads",
                "1",
                "--config",
                TestFiles.properties(Map.of(
                                "state.dir",
                                TestFiles.fresh("state-").toString(),
                                "causal.streams.tokens.per.event",
                                "8"))
                        .toString());
        serve.awaitOutput("Serving ", LIMIT);
        return serve;
    }

    private static String tiny() {
        return TestModels.tinyChat().toString();
    }

    private static String failureOf(int exitCode, String... arguments) {
        return failureOf(Map.of(), exitCode, arguments);
    }

    /** The one line a failed command says what went wrong in. */
    private static String failureOf(Map<String, String> environment, int exitCode, String... arguments) {
        String output = outputOf(environment, exitCode, arguments);
        List<String> errors = output.lines()
                .filter(line -> line.startsWith("causal-streams: "))
                .toList();
        assertThat(errors).as(output).hasSize(1);
        assertThat(output.strip()).endsWith(errors.get(0).strip());
        return errors.get(0);
    }

    private static String outputOf(int exitCode, String... arguments) {
        return outputOf(Map.of(), exitCode, arguments);
    }

    private static String outputOf(Map<String, String> environment, int exitCode, String... arguments) {
        Map<String, String> all = new TreeMap<>(FAST);
        all.putAll(environment);
        try (CommandProcess command = CommandProcess.start(all, arguments)) {
            assertThat(command.awaitExit(LIMIT)).as(command.output()).isEqualTo(exitCode);
            String output = command.output();
            assertThat(output).doesNotContain("\tat ").doesNotContain("Exception");
            return output;
        }
    }

    private static Path copyOf(Path directory) throws IOException {
        Path copy = TestFiles.fresh("model-");
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName().toString()));
            }
        }
        return copy;
    }

    private static void deleteFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
