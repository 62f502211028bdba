package io.causalstreams.it;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.CausalStreams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;

/**
 * Cached and budgeted enrichment in a process of its own: {@value #RECORDS} → {@value #ANSWERS}. Each run of the engine is a line, the
 * question, in {@value #RUNS} of its directory.
 */
final class EnrichmentProcess {
    static final String RECORDS = "records";
    static final String ANSWERS = "enriched";
    static final String RUNS = "runs";
    /** Tokens of a key and hour; a question and its answer have {@value #COST}. */
    static final int BUDGET = 12;

    static final int COST = 3;

    private EnrichmentProcess() {}

    static JavaProcess start(String bootstrapServers, Path directory) {
        return JavaProcess.start(
                EnrichmentProcess.class, directory.resolve("log"), bootstrapServers, directory.toString());
    }

    /** Arguments: bootstrap servers, directory. */
    public static void main(String[] arguments) throws InterruptedException {
        Path directory = Path.of(arguments[1]);
        CausalStreams causal = new CausalStreams(
                new WritingDown(directory.resolve(RUNS)),
                Map.ofEntries(
                        Map.entry("application.id", "enrichment"),
                        Map.entry("bootstrap.servers", arguments[0]),
                        Map.entry("state.dir", directory.resolve("state").toString()),
                        Map.entry("default.key.serde", Serdes.StringSerde.class),
                        Map.entry("default.value.serde", Serdes.StringSerde.class),
                        Map.entry("consumer.auto.offset.reset", "earliest"),
                        Map.entry("consumer.session.timeout.ms", 6_000),
                        Map.entry("consumer.heartbeat.interval.ms", 1_000),
                        Map.entry("producer.transaction.timeout.ms", 3_000),
                        Map.entry("commit.interval.ms", 100),
                        // one after the other, so that each budget is looked at when all before is charged
                        Map.entry("causal.streams.max.in.flight.requests", 1)));
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> records = builder.stream(RECORDS);
        causal.ask(records, text -> GenerationRequest.text(text, 10))
                .cached(Duration.ofHours(6), 10_000)
                .withBudget(BUDGET)
                .join((text, answer) -> text + ": "
                        + (answer.error() == null
                                ? answer.content()
                                : answer.error().code()))
                .to(ANSWERS);
        causal.kafkaStreams(builder.build()).start();
        new CountDownLatch(1).await();
    }

    /** Says two words about each question, and writes the question down before. */
    private static final class WritingDown extends ForwardingEngine {
        private final Path file;

        WritingDown(Path file) {
            super(ScriptedEngine.saying(request -> "seen " + text(request)).runAutomatically());
            this.file = file;
        }

        @Override
        public Generation generate(PreparedRequest prepared, GenerationListener listener) {
            try {
                Files.writeString(
                        file,
                        text(prepared.request()) + "\n",
                        StandardCharsets.UTF_8,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return super.generate(prepared, listener);
        }

        private static String text(GenerationRequest request) {
            return ((Prompt.Text) request.prompt()).text();
        }
    }
}
