package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.adapter.AdapterPin;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.OutputEvents;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.internal.journal.Arrival;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** The record with its completion joined to it; no tokens and no dead letter. */
record EnrichmentAnswers<K, V, R>(
        Arrival arrival,
        OutputEvents.Shape shape,
        ModelInfo model,
        @Nullable AdapterPin pin,
        Inquiry<V, R> inquiry,
        RecordCodec<K, V> codec,
        @Nullable Calling<R> calling,
        boolean kept)
        implements Answers<K, R> {

    @Override
    public List<Record<K, R>> tokens(TokenChunk chunk, int textOffset, long nowMs) {
        return List.of();
    }

    @Override
    public End<K, R> end(Ending ending, List<Partial> published, int promptTokens, long nowMs) {
        CompletionEvent completion = Completions.of(ending, events(), published, promptTokens);
        R joined = joined(completion);
        K key = codec.key(arrival.keyBytes());
        return new End<>(
                List.of(new Record<>(key, joined, arrival.timestamp(), arrival.headers())),
                remembered(ending, completion));
    }

    /** Only whole answers: what was cut or failed may come out better when it is asked again. */
    private @Nullable Bytes remembered(Ending ending, CompletionEvent completion) {
        boolean whole = kept
                && ending instanceof Ending.Completed
                && ending.failure() == null
                && completion.choices().stream()
                        .noneMatch(each -> each.finishReason().equals("length"));
        return whole ? Bytes.wrap(EventJson.write(completion)) : null;
    }

    @Override
    public @Nullable String objection(Ending.Completed ending, List<Partial> published) {
        return inquiry.objection(codec.value(arrival.valueBytes()), Completions.of(ending, events(), published, 0));
    }

    private OutputEvents events() {
        OutputEvents plain = new OutputEvents(arrival.id(), shape, true, arrival.timestamp() / 1000, model);
        return pin == null ? plain : plain.withAdapter(model, pin.name(), pin.sha256());
    }

    @Override
    public @Nullable ToolBounds tools() {
        return calling == null ? null : calling.bounds();
    }

    @Override
    public Record<K, R> call(ToolCallEvent call, long nowMs) {
        R output = Objects.requireNonNull(calling).output().apply(call);
        return new Record<>(
                codec.key(arrival.keyBytes()),
                output,
                nowMs,
                EventHeaders.toolCall(
                        arrival.headers(),
                        EventHeaders.source(codec.application(), model.name()),
                        call,
                        Instant.ofEpochMilli(nowMs)));
    }

    private R joined(CompletionEvent completion) {
        V value = codec.value(arrival.valueBytes());
        try {
            return inquiry.join(value, completion, arrival.form());
        } catch (FormUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StreamsException(
                    "operator " + codec.operator() + ": the function that joins the answer to the record failed on "
                            + arrival.id(),
                    e);
        }
    }
}
