package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.topology.adapter.AdapterArchive;
import io.causalstreams.topology.adapter.AdapterEvent;
import io.causalstreams.topology.adapter.AdapterKey;
import io.causalstreams.topology.event.EventHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code serve} whose adapters come by a topic while requests run, and which is killed meanwhile. */
class AdaptersTopicIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Path ADAPTER = Path.of("../fine-tuning/src/test/resources/goldens/llama-tied");
    private static final int LONG = 1800;

    private final AtomicInteger probes = new AtomicInteger();

    @Test
    void shouldSwapAdaptersUnderRequestsThatEndOnWhatTheyBeganWith() throws Exception {
        byte[] first = AdapterArchive.pack(ADAPTER);
        byte[] second = AdapterArchive.pack(withAlpha("1"));
        Path kept = TestFiles.fresh("adapters-");
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers())) {
            CommandProcess serve = serve(broker, kept);
            try {
                // Given: the model alone, then the first version
                ask(client, "alone", 40);
                put(broker, AdapterEvent.inline(first, null));
                awaitVersion(client, AdapterArchive.digest(first));
                ask(client, "reference", LONG);

                // When: the second comes while requests run, with a record nobody can use behind it, and the process is
                // killed
                List<String> running =
                        IntStream.range(0, 4).mapToObj(i -> "running-" + i).toList();
                running.forEach(id -> client.send(id, prompt(id, LONG)));
                client.readUntil("tokens", LIMIT, () -> running.stream().allMatch(id -> client.tokensSeen(id) > 0));
                put(broker, AdapterEvent.inline(second, null));
                awaitVersion(client, AdapterArchive.digest(second));
                put(broker, new AdapterEvent("0".repeat(64), null, "AAAA", null, null, null, null));
                client.readUntil("dead letter", LIMIT, () -> !client.deadLetters.isEmpty());
                assertThat(client.completions.keySet())
                        .as("the requests still run")
                        .doesNotContainAnyElementsOf(running);
                serve.kill9();
                serve = serve(broker, kept);

                // Then: they end with the first, as if nothing had been, and others begin with the second
                client.readCompletions(running, LIMIT);
                ask(client, "later", 40);
                assertThat(client.violations(running)).isEmpty();
                for (String id : running) {
                    assertThat(version(client, id)).isEqualTo(AdapterArchive.digest(first));
                    assertThat(client.text(id)).isEqualTo(client.text("reference"));
                    assertThat(header(client, id)).isEqualTo("support@" + AdapterArchive.digest(first));
                }
                assertThat(version(client, "later")).isEqualTo(AdapterArchive.digest(second));
                assertThat(version(client, "alone")).isEmpty();
                assertThat(client.text("reference")).doesNotStartWith(client.text("alone"));
                assertThat(new String(
                                client.deadLetters
                                        .get(0)
                                        .headers()
                                        .lastHeader("__streams.errors.message")
                                        .value(),
                                StandardCharsets.UTF_8))
                        .contains("announced was 0000");

                // When: it is taken away while others run
                client.send("k", prompt("last", LONG));
                client.readUntil("tokens", LIMIT, () -> client.tokensSeen("last") > 0);
                put(broker, null);
                awaitVersion(client, "");

                // Then: the model answers alone; and where nothing of the version is left, what began with it says so
                assertThat(client.completions).doesNotContainKey("last");
                serve.kill9();
                serve = serve(broker, TestFiles.fresh("adapters-"));
                client.readCompletions(List.of("last"), LIMIT);
                assertThat(client.completion("last")
                                .path("error")
                                .path("message")
                                .asText())
                        .contains("began with adapter support@" + AdapterArchive.digest(second));
            } finally {
                serve.close();
            }
        }
    }

    @Test
    void shouldGiveAnAdapterToTheModelItBelongsToAmongSeveral() throws Exception {
        byte[] archive = AdapterArchive.pack(ADAPTER);
        String checkpoint = TestModels.tinyChatCheckpoint().toString();
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                CommandProcess serve = serve(
                        broker,
                        TestFiles.fresh("adapters-"),
                        "--model",
                        "a=" + checkpoint,
                        "--model",
                        "b=" + checkpoint)) {
            // When: an adapter of the second model comes, and one of a model that is not served
            put(broker, AdapterEvent.inline(archive, "b"));
            put(broker, AdapterEvent.inline(AdapterArchive.pack(withAlpha("1")), "c"));
            client.readUntil("dead letter", LIMIT, () -> !client.deadLetters.isEmpty());

            // Then
            List<String> ids = List.of("of-b", "of-a", "by-name", "b-alone");
            client.send("k", prompt("of-b", "\"model\": \"b:support\"", 40));
            client.send("k", prompt("of-a", "\"model\": \"a:support\"", 40));
            client.send("k", prompt("by-name", "\"model\": \"b\", \"adapter\": \"support\"", 40));
            client.send("k", prompt("b-alone", "\"model\": \"b\"", 40));
            client.readCompletions(ids, LIMIT);
            assertThat(client.violations(ids)).isEmpty();
            assertThat(version(client, "of-b")).isEqualTo(AdapterArchive.digest(archive));
            assertThat(client.completion("of-b").path("model").asText()).startsWith("b");
            assertThat(header(client, "of-a")).isEqualTo("support@");
            assertThat(client.completion("of-a").path("model").asText()).isEqualTo("a");
            assertThat(client.text("by-name")).isEqualTo(client.text("of-b"));
            assertThat(client.text("of-a")).isEqualTo(client.text("b-alone")).isNotEqualTo(client.text("of-b"));
            assertThat(serve.output()).contains("it belongs to model c, this is ");
        }
    }

    private static CommandProcess serve(EmbeddedBroker broker, Path kept) {
        return serve(broker, kept, "--model", TestModels.tinyChatCheckpoint().toString());
    }

    private static CommandProcess serve(EmbeddedBroker broker, Path kept, String... models) {
        return CommandProcess.serveSmall(
                broker.bootstrapServers(),
                LIMIT,
                Map.of("causal.streams.adapters.directory", kept.toString()),
                "",
                Stream.concat(Stream.of("--adapters-topic", "adapters"), Stream.of(models))
                        .toArray(String[]::new));
    }

    private static void put(EmbeddedBroker broker, @Nullable AdapterEvent event) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            byte[] key = new AdapterKey("support", false).bytes();
            producer.send(new ProducerRecord<>("adapters", key, event == null ? null : event.bytes()))
                    .get();
        }
    }

    /** Asks until the answers come from this version; empty = from the model alone. */
    private void awaitVersion(OperatorClient client, String digest) {
        for (int attempt = 0; attempt < 200; attempt++) {
            String id = "probe-" + probes.incrementAndGet();
            ask(client, id, 2);
            if (version(client, id).equals(digest)) {
                return;
            }
        }
        throw new AssertionError("version " + digest + " does not answer");
    }

    private static void ask(OperatorClient client, String id, int tokens) {
        client.send("k", prompt(id, tokens));
        client.readCompletions(List.of(id), LIMIT);
    }

    private static String version(OperatorClient client, String id) {
        return client.completion(id).path("adapter_version").asText();
    }

    private static String header(OperatorClient client, String id) {
        return new String(
                client.completionRecord(id)
                        .headers()
                        .lastHeader(EventHeaders.ADAPTER)
                        .value(),
                StandardCharsets.UTF_8);
    }

    private static String prompt(String id, int tokens) {
        return prompt(id, "\"adapter\": \"support\"", tokens);
    }

    private static String prompt(String id, String by, int tokens) {
        return "{\"id\": \"%s\", %s, \"prompt\": \"Hi\", \"max_tokens\": %d, \"ignore_eos\": true, \"temperature\": 0}"
                .formatted(id, by, tokens);
    }

    private static Path withAlpha(String alpha) throws IOException {
        Path copy = TestFiles.fresh("weaker-");
        Files.copy(ADAPTER.resolve("adapter_model.safetensors"), copy.resolve("adapter_model.safetensors"));
        String config = Files.readString(ADAPTER.resolve("adapter_config.json"));
        Files.writeString(
                copy.resolve("adapter_config.json"),
                config.replaceFirst("\"lora_alpha\": *(\\d+)", "\"lora_alpha\": " + alpha));
        return copy;
    }
}
