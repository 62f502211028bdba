package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.replay.RecordedPrompt;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Prompts and their completions as the topics have them now. */
public final class RecordedTopics {
    private RecordedTopics() {}

    /** The last {@code limit} prompts with an answer. */
    public static List<RecordedPrompt> read(KafkaConnection connection, CausalStreamsConfig config, int limit) {
        String prompts = config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG);
        String completions = config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG);
        Map<String, byte[]> asked = new LinkedHashMap<>();
        Map<String, String> answered = new LinkedHashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                connection.consumer(Map.of("isolation.level", "read_committed", "allow.auto.create.topics", "false"))) {
            List<TopicPartition> partitions = Stream.of(prompts, completions)
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.value() != null && record.topic().equals(prompts)) {
                        ask(asked, record);
                    } else if (record.value() != null) {
                        answer(answered, record);
                    }
                }
            }
        } catch (KafkaException e) {
            throw new AppException("topics cannot be read: " + ErrorLine.of(e), e);
        }
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
