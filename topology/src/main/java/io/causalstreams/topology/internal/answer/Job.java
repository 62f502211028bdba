package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.journal.Arrival;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * What one kind of operator makes of an arrival: the request to the engine and the records that tell about it.
 *
 * <p>Everything here is pure: the same arrival gives the same request after a restart.
 */
public interface Job<K, V> {

    /** The request, without resumed tokens. */
    GenerationRequest request();

    /** The conversation it belongs to, or null. */
    @Nullable
    String session();

    /** Requests of one lane run one after the other, in order of arrival; null = it need not wait for any. */
    default @Nullable String lane() {
        return session();
    }

    /** Whether it asks the engine. One that does not only waits for its turn and ends. */
    default boolean asks() {
        return true;
    }

    /** The same job with the turns before it. */
    Job<K, V> after(List<Prompt.Message> history);

    /** The messages of this turn, without those before it. */
    List<Prompt.Message> messages();

    /**
     * The records of a chunk.
     *
     * @param textOffset characters of the choice before the chunk
     */
    List<Record<K, V>> tokens(TokenChunk chunk, int textOffset, long nowMs);

    /**
     * The records of the end.
     *
     * @param published what was published of each choice
     * @param promptTokens of a request the engine did not finish; 0 when its prompt cannot be made into tokens
     */
    End<K, V> end(Ending ending, List<Partial> published, int promptTokens, long nowMs);

    /**
     * The end of a request.
     *
     * @param records completion and dead letter
     * @param remembered what the same id sent again is answered with, or null
     */
    record End<K, V>(List<Record<K, V>> records, @Nullable Bytes remembered) {}

    /** Opens arrivals; also those journaled before a restart. */
    interface Opener<K, V> {
        /** Reads an arrival. @throws RuntimeException if it is not a valid request */
        Job<K, V> open(Arrival arrival);

        /** The job of an arrival that cannot be read or run; it can only end. */
        Job<K, V> invalid(Arrival arrival);
    }
}
