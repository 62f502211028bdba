package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.OutputEvents;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.journal.Arrival;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;

/** Token events, a completion event and perhaps a dead letter: what answers a prompt event. */
record PromptAnswers(Arrival arrival, OutputEvents events, PromptRecords records)
        implements Answers<byte[], OutputEvent> {

    @Override
    public List<Record<byte[], OutputEvent>> tokens(TokenChunk chunk, int textOffset, long nowMs) {
        return records.publishesTokens() ? records.tokens(arrival, events.token(chunk, textOffset), nowMs) : List.of();
    }

    @Override
    public End<byte[], OutputEvent> end(Ending ending, List<Partial> published, int promptTokens, long nowMs) {
        byte[] completion = records.limit().write(Completions.of(ending, events, published, promptTokens));
        List<Record<byte[], OutputEvent>> all = new ArrayList<>();
        if (ending.hasCompletion()) {
            all.add(records.completion(arrival, events.model().name(), completion, nowMs));
        }
        Throwable cause = ending.deadLetter();
        if (cause != null) {
            all.add(records.deadLetter(arrival, cause));
        }
        return new End<>(all, ending.isRemembered() ? Bytes.wrap(completion) : null);
    }
}
