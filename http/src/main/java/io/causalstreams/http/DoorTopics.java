package io.causalstreams.http;

import io.causalstreams.topology.ValueFormat;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Names of the operator's topics, and how their values are written.
 *
 * @param group in which the operator reads the prompts; the console tells how far it is
 * @param format of prompts and completions
 */
public record DoorTopics(
        String prompts, String tokens, String completions, String deadLetters, String group, ValueFormat format) {

    /** Of JSON. */
    public DoorTopics(String prompts, String tokens, String completions, String deadLetters, String group) {
        this(prompts, tokens, completions, deadLetters, group, ValueFormat.json());
    }

    /** @throws HttpDoorException if there are no tokens or no completions to read */
    public DoorTopics {
        if (tokens.isEmpty() || completions.isEmpty()) {
            throw new HttpDoorException("the HTTP door reads answers back from the topics of tokens and completions;"
                    + " name both in --config (causal.streams.tokens.topic, causal.streams.completions.topic)");
        }
    }

    /**
     * The JSON of a record's value; what is of no format as it is.
     *
     * @throws io.causalstreams.topology.FormUnavailableException if that cannot be known now
     */
    public byte @Nullable [] json(ConsumerRecord<byte[], byte[]> message) {
        return message.value() == null ? null : format.toJson(message.topic(), message.value());
    }

    /** The same topics, of JSON. */
    public DoorTopics ofJson() {
        return new DoorTopics(prompts, tokens, completions, deadLetters, group);
    }

    /** What answers are read from. */
    public List<String> outputs() {
        return deadLetters.isEmpty() ? List.of(tokens, completions) : List.of(tokens, completions, deadLetters);
    }
}
