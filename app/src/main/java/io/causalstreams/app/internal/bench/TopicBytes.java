package io.causalstreams.app.internal.bench;

import java.util.Map;

/**
 * What requests wrote to the broker, in bytes, as its segments hold them: batches, headers and transaction markers included.
 *
 * @param prompts the topic that asks
 * @param journal changelogs, before compaction
 * @param outputs tokens, completions and dead letters
 */
record TopicBytes(long prompts, long journal, long outputs) {

    static TopicBytes of(Map<String, Long> bytesOfTopics, String promptsTopic) {
        long prompts = 0;
        long journal = 0;
        long outputs = 0;
        for (Map.Entry<String, Long> topic : bytesOfTopics.entrySet()) {
            if (topic.getKey().equals(promptsTopic)) {
                prompts += topic.getValue();
            } else if (topic.getKey().endsWith("-changelog")) {
                journal += topic.getValue();
            } else {
                outputs += topic.getValue();
            }
        }
        return new TopicBytes(prompts, journal, outputs);
    }

    TopicBytes since(TopicBytes before) {
        return new TopicBytes(prompts - before.prompts, journal - before.journal, outputs - before.outputs);
    }
}
