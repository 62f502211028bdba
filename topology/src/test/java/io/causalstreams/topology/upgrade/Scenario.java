package io.causalstreams.topology.upgrade;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsBuilder;

/** A topology whose operators keep journals, and what happens to it until it is stopped in the middle of its work. */
interface Scenario {

    String APPLICATION = "app";

    /** Every scenario that is recorded. */
    static List<Scenario> all() {
        return List.of(new PromptScenario(), new EnrichmentScenario(), new AgentScenario());
    }

    /** The recording's file. */
    String name();

    /** What the engine says to the request. */
    String script(GenerationRequest request);

    /** Settings of Kafka Streams. */
    Properties properties(GenerationEngine engine);

    void attachTo(StreamsBuilder builder, GenerationEngine engine);

    /** Tokens of each choice that had been published when it was stopped, by request; none when there were none. */
    Map<String, List<Integer>> publishedAtStop(Recording recording);

    /** From the first record to the stop: every kind of entry that the journals have lies in them then. */
    void play(ScenarioRun run);
}
