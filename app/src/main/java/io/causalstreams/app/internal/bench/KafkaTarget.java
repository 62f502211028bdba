package io.causalstreams.app.internal.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.OutputReader;
import io.causalstreams.app.internal.kafka.OutputReader.Output;
import io.causalstreams.app.internal.kafka.PromptSender;
import io.causalstreams.topology.CausalStreamsConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The way through the prompts topic and the topology to a consumer of committed completions.
 *
 * <p>Threading: {@link #start} by any thread; a thread of its own reads completions until {@link #close}.
 */
final class KafkaTarget implements InFlight.Target, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Workload workload;
    private final PromptSender prompts;
    private final OutputReader completions;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, InFlight.OnEnd> waiting = new ConcurrentHashMap<>();
    private final Thread reading = new Thread(this::read, "bench-completions");
    private volatile boolean closing;

    KafkaTarget(KafkaConnection connection, CausalStreamsConfig config, Workload workload) {
        this.workload = workload;
        this.prompts = new PromptSender(connection, config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG));
        this.completions = new OutputReader(
                connection,
                new OutputReader.OutputTopics(
                        "",
                        config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG),
                        config.getString(CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG)),
                true);
        reading.setDaemon(true);
        reading.start();
    }

    @Override
    public void start(long number, InFlight.OnEnd onEnd) {
        String id = "bench-" + number;
        waiting.put(id, onEnd);
        prompts.send(id, event(id, number));
    }

    private String event(String id, long number) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("id", id);
        event.put("prompt", workload.prompt(number));
        event.put("max_tokens", workload.completionTokens());
        event.put("ignore_eos", true);
        event.put("temperature", 0);
        try {
            return json.writeValueAsString(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings can be written", e);
        }
    }

    private void read() {
        try (completions) {
            while (!closing) {
                completions.poll(POLL).forEach(this::onOutput);
            }
        }
    }

    private void onOutput(Output output) {
        if (output instanceof Output.Completion completion) {
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
