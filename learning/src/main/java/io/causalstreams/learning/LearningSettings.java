package io.causalstreams.learning;

import io.causalstreams.topology.ValueFormat;
import java.time.Duration;

/**
 * What is learned, and when.
 *
 * @param adapter the name under which it is published; only prompts that name it are learned from
 * @param topics where everything comes from and goes to
 * @param records of a round
 * @param patience after which a round begins with fewer
 * @param heldBackEvery one record of so many is never learned but held back, to see what is better; by the hash of its id
 * @param heldBackMost records held back that are kept, the latest
 * @param forgottenAfter how long a prompt waits for its correction
 */
public record LearningSettings(
        String adapter,
        Topics topics,
        int records,
        Duration patience,
        int heldBackEvery,
        int heldBackMost,
        Duration forgottenAfter) {

    /**
     * Names of topics, and how prompts and completions are written.
     *
     * @param corrections what should have been answered
     * @param adapters where adapters are published; one partition, compacted
     * @param rounds reports of rounds
     * @param format of prompts and completions
     */
    public record Topics(
            String prompts,
            String completions,
            String corrections,
            String adapters,
            String rounds,
            ValueFormat format) {

        /** Of JSON. */
        public Topics(String prompts, String completions, String corrections, String adapters, String rounds) {
            this(prompts, completions, corrections, adapters, rounds, ValueFormat.json());
        }
    }

    public LearningSettings {
        if (records < 1 || heldBackEvery < 2 || heldBackMost < 1) {
            throw new IllegalArgumentException(
                    "a round has at least one record, and one of two or more is held back; these are " + records + ", "
                            + heldBackEvery + " and " + heldBackMost);
        }
    }

    /** Rounds of 200 records, or after an hour; one of ten is held back, the last 200; prompts wait for a week. */
    public static LearningSettings of(String adapter, Topics topics) {
        return new LearningSettings(adapter, topics, 200, Duration.ofHours(1), 10, 200, Duration.ofDays(7));
    }

    /** The same with other rounds. */
    public LearningSettings withRounds(int recordsOfARound, Duration atMostAfter) {
        return new LearningSettings(
                adapter, topics, recordsOfARound, atMostAfter, heldBackEvery, heldBackMost, forgottenAfter);
    }
}
