package io.causalstreams.app.internal.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.OutputReader;
import io.causalstreams.app.internal.kafka.OutputReader.Output;
import io.causalstreams.app.internal.kafka.OutputReader.OutputTopics;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.event.TokenEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The way through the prompts topic and the topology to a consumer of committed events.
 *
 * <p>Threading: {@link #start} by any thread; a thread of its own reads until {@link #close}.
 */
final class KafkaTarget implements InFlight.Target, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Workload workload;
    private final String promptsTopic;
    private final KafkaProducer<byte[], byte[]> prompts;
    private final OutputReader outputs;
    private final @Nullable OnTokens onTokens;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, InFlight.OnEnd> waiting = new ConcurrentHashMap<>();
    private final Thread reading = new Thread(this::read, "bench-outputs");
    private volatile boolean closing;

    /** Called with tokens, on the reading thread. */
    interface OnTokens {

        /**
         * Called for every token event, in the order of its partition.
         *
         * @param readNanos when the consumer had them, {@link System#nanoTime()}
         */
        void read(TokenEvent event, long readNanos);
    }

    /** @param onTokens null = the tokens topic is not read */
    KafkaTarget(BenchTopology topology, Workload workload, @Nullable OnTokens onTokens) {
        CausalStreamsConfig config = topology.config();
        OutputTopics topics = OutputTopics.of(config);
        this.workload = workload;
        this.onTokens = onTokens;
        this.promptsTopic = config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG);
        this.prompts = topology.connection().producer(Map.of(ProducerConfig.LINGER_MS_CONFIG, 0));
        this.outputs = new OutputReader(
                topology.connection(),
                onTokens == null ? new OutputTopics("", topics.completions(), topics.deadLetters()) : topics,
                true);
        reading.setDaemon(true);
        reading.start();
    }

    @Override
    public void start(long number, InFlight.OnEnd onEnd) {
        String id = "bench-" + number;
        waiting.put(id, onEnd);
        byte[] key = id.getBytes(StandardCharsets.UTF_8);
        Future<RecordMetadata> unused =
                prompts.send(new ProducerRecord<>(promptsTopic, key, event(id, number)), (sent, failure) -> {
                    if (failure != null && waiting.remove(id) != null) {
                        onEnd.ended(failure);
                    }
                });
    }

    private byte[] event(String id, long number) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("id", id);
        event.put("prompt", workload.prompt(number));
        event.put("max_tokens", workload.completionTokens());
        event.put("ignore_eos", true);
        event.put("temperature", 0);
        try {
            return json.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings can be written", e);
        }
    }

    private void read() {
        try (outputs) {
            while (!closing) {
                var polled = outputs.poll(POLL);
                long readNanos = System.nanoTime();
                polled.forEach(output -> onOutput(output, readNanos));
            }
        }
    }

    private void onOutput(Output output, long readNanos) {
        if (output instanceof Output.Tokens tokens && onTokens != null) {
            onTokens.read(tokens.event(), readNanos);
        } else if (output instanceof Output.Completion completion) {
            InFlight.OnEnd onEnd = waiting.remove(completion.event().id());
            if (onEnd != null) {
                onEnd.ended(completion.event().error() == null ? null : new AppException(completion.json()));
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            reading.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        prompts.close();
    }
}
