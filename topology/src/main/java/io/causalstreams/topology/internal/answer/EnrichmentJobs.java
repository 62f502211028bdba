package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.OutputEvents;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.journal.Arrival;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Records of any type in, one record with the completion joined to it out. No tokens are told.
 *
 * @param model named in the completions
 * @param request what to ask about a value
 * @param join the value with its answer
 * @param inKeyOrder whether a record waits for those of its key before it
 * @param codec how records are journaled
 */
public record EnrichmentJobs<K, V, R>(
        ModelInfo model,
        Function<V, GenerationRequest> request,
        BiFunction<V, CompletionEvent, R> join,
        boolean inKeyOrder,
        RecordCodec<K, V> codec)
        implements Job.Opener<K, R> {

    @Override
    public Job<K, R> open(Arrival arrival) {
        if (arrival.value() == null) {
            return new TombstoneJob(arrival);
        }
        GenerationRequest asked =
                Objects.requireNonNull(request.apply(value(arrival)), "the request function gave null");
        return new EnrichmentJob(arrival, asked.withId(arrival.id()).resumedFrom(List.of()));
    }

    @Override
    public Job<K, R> invalid(Arrival arrival) {
        return new EnrichmentJob(
                arrival,
                GenerationRequest.of(
                        arrival.id(),
                        new Prompt.Tokens(List.of()),
                        SamplingParams.builder().build()));
    }

    /** Records of one key are one lane when the operator keeps their order. */
    public @Nullable String lane(@Nullable Bytes key) {
        return inKeyOrder && key != null ? HexFormat.of().formatHex(key.get()) : null;
    }

    private V value(Arrival arrival) {
        return codec.value(arrival.valueBytes());
    }

    /** A record that is told once, joined or as it is: it belongs to no conversation, and its tokens are not told. */
    private abstract class RecordJob implements Job<K, R> {

        final Arrival arrival;

        RecordJob(Arrival arrival) {
            this.arrival = arrival;
        }

        @Override
        public @Nullable String session() {
            return null;
        }

        @Override
        public @Nullable String lane() {
            return EnrichmentJobs.this.lane(arrival.key());
        }

        @Override
        public Job<K, R> after(List<Prompt.Message> history) {
            return this;
        }

        @Override
        public List<Prompt.Message> messages() {
            return List.of();
        }

        @Override
        public List<Record<K, R>> tokens(TokenChunk chunk, int textOffset, long nowMs) {
            return List.of();
        }

        End<K, R> told(R value) {
            K key = codec.key(arrival.keyBytes());
            return new End<>(List.of(new Record<>(key, value, arrival.timestamp(), arrival.headers())), null);
        }
    }

    private final class EnrichmentJob extends RecordJob {

        private final GenerationRequest asked;

        EnrichmentJob(Arrival arrival, GenerationRequest asked) {
            super(arrival);
            this.asked = asked;
        }

        @Override
        public GenerationRequest request() {
            return asked;
        }

        @Override
        public End<K, R> end(Ending ending, List<Partial> published, int promptTokens, long nowMs) {
            return told(joined(completion(ending, published, promptTokens)));
        }

        private R joined(CompletionEvent completion) {
            try {
                return join.apply(value(arrival), completion);
            } catch (RuntimeException e) {
                throw new StreamsException(
                        "operator " + codec.operator() + ": the function that joins the answer to the record failed on "
                                + arrival.id(),
                        e);
            }
        }

        private CompletionEvent completion(Ending ending, List<Partial> published, int promptTokens) {
            OutputEvents.Shape shape =
                    asked.prompt() instanceof Prompt.Chat ? OutputEvents.Shape.CHAT : OutputEvents.Shape.TEXT;
            OutputEvents events = new OutputEvents(arrival.id(), shape, true, arrival.timestamp() / 1000, model);
            if (ending instanceof Ending.Completed completed) {
                return events.completion(PublishedText.of(completed.finished(), published));
            }
            Ending.Failed failed = (Ending.Failed) ending;
            return events.failure(failed.failure(), failed.reason(), published, promptTokens);
        }
    }

    /** A record without a value that waits for its turn; it is told as it is. */
    private final class TombstoneJob extends RecordJob {

        TombstoneJob(Arrival arrival) {
            super(arrival);
        }

        @Override
        public boolean asks() {
            return false;
        }

        @Override
        public GenerationRequest request() {
            return invalid(arrival).request();
        }

        @Override
        @SuppressWarnings("NullAway") // a record without a value stays one, whatever its value's type
        public End<K, R> end(Ending ending, List<Partial> published, int promptTokens, long nowMs) {
            return told((R) null);
        }
    }
}
