package io.causalstreams.app.internal.operations;

import java.util.Set;

/**
 * Whether prompts are being answered.
 *
 * @param streams state of Kafka Streams, in its own words; {@code CREATED} while the model is loaded
 * @param engine whether the engine takes requests
 */
public record Health(String streams, boolean engine) {

    /** Before the topology starts. */
    public static final Health STARTING = new Health("CREATED", false);

    private static final Set<String> ENDED = Set.of("ERROR", "NOT_RUNNING");

    /** Kafka Streams runs when everything it was given is restored, not before. */
    boolean isUp() {
        return engine && streams.equals("RUNNING");
    }

    /** Whether the process is of use, now or later: it starts, restores, runs or leaves, and has not ended. */
    boolean isLive() {
        return !ENDED.contains(streams);
    }
}
