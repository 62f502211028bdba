package io.causalstreams.topology;

/**
 * How the values of prompts and completions are written in their topics. The operator itself knows JSON ({@link #json}): a prompt is
 * turned into it when it is read (the journal and a dead letter have the record's own bytes), a completion out of it when it is written.
 *
 * <p>Threading: any thread; its methods may wait, as for a schema registry.
 */
public interface ValueFormat {

    /**
     * The JSON of a record's value.
     *
     * @return {@code value} itself if it is not of this format: JSON beside others is answered, anything else is a dead letter
     * @throws FormUnavailableException if that cannot be known now; the stream thread ends and is replaced, and the record is read
     *     again
     */
    byte[] toJson(String topic, byte[] value);

    /**
     * The value of a record.
     *
     * @param json an event
     * @throws FormUnavailableException if that cannot be known now; the stream thread ends and is replaced, and the event is
     *     written again
     * @throws RuntimeException if it cannot be written in this format
     */
    byte[] fromJson(String topic, byte[] json);

    /** JSON, as it is. */
    static ValueFormat json() {
        return Json.AS_IT_IS;
    }

    /** Values that are JSON already. Stateless. */
    enum Json implements ValueFormat {
        AS_IT_IS;

        @Override
        public byte[] toJson(String topic, byte[] value) {
            return value;
        }

        @Override
        public byte[] fromJson(String topic, byte[] json) {
            return json;
        }
    }
}
