package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.OutputEvents;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.journal.Arrival;
import java.util.List;
import org.apache.kafka.streams.processor.api.Record;

/** What a candidate says beside the answer: one completion, under the id of the request, to the topic of shadows. */
record ShadowAnswers(Arrival arrival, OutputEvents events, PromptRecords records)
        implements Answers<byte[], OutputEvent> {

    @Override
    public List<Record<byte[], OutputEvent>> tokens(TokenChunk chunk, int textOffset, long nowMs) {
        return List.of();
    }

    @Override
    public End<byte[], OutputEvent> end(Ending ending, List<Partial> published, int promptTokens, long nowMs) {
        if (!ending.hasCompletion()) {
            return new End<>(List.of(), null);
        }
        byte[] completion = records.limit().write(Completions.of(ending, events, published, promptTokens));
        return new End<>(List.of(records.shadow(arrival, events.model().name(), completion, nowMs)), null);
    }
}
