package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.replay.RecordedPrompt;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.CausalStreamsConfig;
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

    /** The last {@code limit} prompts with an answer. */
    public static List<RecordedPrompt> read(KafkaConnection connection, CausalStreamsConfig config, int limit) {
        String prompts = config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG);
        String completions = config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG);
        Map<String, byte[]> asked = new LinkedHashMap<>();
        Map<String, String> answered = new LinkedHashMap<>();
        WholeTopics.read(connection, List.of(prompts, completions), record -> {
            if (record.value() != null && record.topic().equals(prompts)) {
                ask(asked, record);
            } else if (record.value() != null) {
                answer(answered, record);
            }
        });
        return joined(asked, answered, limit);
    }

    private static void ask(Map<String, byte[]> asked, ConsumerRecord<byte[], byte[]> record) {
        try {
            String coordinates = record.topic() + "-" + record.partition() + "-" + record.offset();
            String id = PromptEvent.parse(record.value()).id();
            asked.put(PromptEvent.resolveId(id, record.headers(), coordinates), record.value());
        } catch (GenerationException.Invalid | UnreadablePromptException e) {
            // it was not answered either
        }
    }

    private static void answer(Map<String, String> answered, ConsumerRecord<byte[], byte[]> record) {
        try {
            CompletionEvent completion = EventJson.readCompletion(record.value());
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
