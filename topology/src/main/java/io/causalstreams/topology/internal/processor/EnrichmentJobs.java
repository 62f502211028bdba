package io.causalstreams.topology.internal.processor;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.OutputEvents;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.journal.Arrival;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Records of any type in, one record with the completion joined to it out. No tokens are told.
 *
 * @param topic what the serdes are told
 */
record EnrichmentJobs<K, V, R>(
        String topic,
        GenerationEngine engine,
        Function<V, GenerationRequest> request,
        BiFunction<V, CompletionEvent, R> join,
        Serde<K> keys,
        Serde<V> values)
        implements Job.Opener<K, R> {

    @Override
    public Job<K, R> open(Arrival arrival) {
        GenerationRequest asked = request.apply(value(arrival));
        return new EnrichmentJob(
                arrival,
                new GenerationRequest(
                        arrival.id(),
                        asked.prompt(),
                        asked.task(),
                        asked.sampling(),
                        List.of(),
                        asked.priority(),
                        asked.deadline(),
                        asked.user()));
    }

    @Override
    public Job<K, R> invalid(Arrival arrival) {
        return new EnrichmentJob(
                arrival,
                GenerationRequest.of(
                        arrival.id(),
                        new Prompt.Text(""),
                        SamplingParams.builder().build()));
    }

    private V value(Arrival arrival) {
        return values.deserializer().deserialize(topic, arrival.valueBytes());
    }

    private final class EnrichmentJob implements Job<K, R> {

        private final Arrival arrival;
        private final GenerationRequest asked;

        EnrichmentJob(Arrival arrival, GenerationRequest asked) {
            this.arrival = arrival;
            this.asked = asked;
        }

        @Override
        public GenerationRequest request() {
            return asked;
        }

        @Override
        public @Nullable String session() {
            return null;
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

        @Override
        public End<K, R> end(Ending ending, List<Partial> published, long nowMs) {
            K key = keys.deserializer().deserialize(topic, arrival.keyBytes());
            R joined = join.apply(value(arrival), completion(ending, published));
            return new End<>(List.of(new Record<>(key, joined, arrival.timestamp(), arrival.headers())), null);
        }

        private CompletionEvent completion(Ending ending, List<Partial> published) {
            OutputEvents.Shape shape =
                    asked.prompt() instanceof Prompt.Chat ? OutputEvents.Shape.CHAT : OutputEvents.Shape.TEXT;
            OutputEvents events =
                    new OutputEvents(arrival.id(), shape, true, arrival.timestamp() / 1000, engine.model());
            if (ending instanceof Ending.Completed completed) {
                return events.completion(PublishedText.of(completed.finished(), published));
            }
            Ending.Failed failed = (Ending.Failed) ending;
            return events.failure(failed.failure(), failed.reason(), published, 0);
        }
    }
}
