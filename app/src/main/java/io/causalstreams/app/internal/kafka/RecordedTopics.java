package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.replay.RecordedPrompt;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Prompts and their completions as the topics have them now. */
public final class RecordedTopics {
    private RecordedTopics() {}

    /**
     * The last {@code limit} prompts with an answer.
     *
     * @param format of both
     */
    public static List<RecordedPrompt> read(
            KafkaConnection connection, CausalStreamsConfig config, ValueFormat format, int limit) {
        String prompts = config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG);
        String completions = config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG);
        Map<String, byte[]> asked = new LinkedHashMap<>();
        Map<String, String> answered = new LinkedHashMap<>();
        WholeTopics.read(connection, List.of(prompts, completions), record -> {
            if (record.value() == null) {
                return;
            }
            byte[] json = format.toJson(record.topic(), record.value());
            if (record.topic().equals(prompts)) {
                ask(asked, record, json);
            } else {
                answer(answered, json);
            }
        });
        return joined(asked, answered, limit);
    }

    private static void ask(Map<String, byte[]> asked, ConsumerRecord<byte[], byte[]> record, byte[] json) {
        try {
            String coordinates = record.topic() + "-" + record.partition() + "-" + record.offset();
            String id = PromptEvent.parse(json).id();
            asked.put(PromptEvent.resolveId(id, record.headers(), coordinates), json);
        } catch (GenerationException.Invalid | UnreadablePromptException e) {
            // it was not answered either
        }
    }

    private static void answer(Map<String, String> answered, byte[] json) {
        try {
            CompletionEvent completion = EventJson.readCompletion(json);
            if (completion.error() == null) {
                answered.put(completion.id(), completion.content());
            }
        } catch (UncheckedIOException e) {
            // somebody else's
        }
    }

    private static List<RecordedPrompt> joined(Map<String, byte[]> asked, Map<String, String> answered, int limit) {
        List<RecordedPrompt> all = new ArrayList<>();
        asked.forEach((id, event) -> {
            String answer = answered.get(id);
            if (answer != null) {
                all.add(RecordedPrompt.of(id, event, answer));
            }
        });
        return all.subList(Math.max(0, all.size() - limit), all.size());
    }
}
