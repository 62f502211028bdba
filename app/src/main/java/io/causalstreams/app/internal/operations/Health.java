package io.causalstreams.app.internal.operations;

/**
 * Whether prompts are being answered.
 *
 * @param streams state of Kafka Streams, in its own words; {@code CREATED} while the model is loaded
 * @param engine whether the engine takes requests
 */
public record Health(String streams, boolean engine) {

    /** Before the topology starts. */
    public static final Health STARTING = new Health("CREATED", false);

    boolean isUp() {
        return engine && streams.equals("RUNNING");
    }
}
