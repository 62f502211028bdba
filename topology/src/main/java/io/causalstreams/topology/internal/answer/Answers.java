package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.event.ToolCallEvent;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The records that answer one arrival. Pure: the same call gives the same records after a restart.
 *
 * @param <K> key of the operator's output
 * @param <V> its value
 */
public interface Answers<K, V> {

    /**
     * The records of a chunk.
     *
     * @param textOffset characters of the choice before the chunk
     * @param nowMs milliseconds since 1970, by the clock
     */
    List<Record<K, V>> tokens(TokenChunk chunk, int textOffset, long nowMs);

    /**
     * The records of the end.
     *
     * @param published what was published of each choice
     * @param promptTokens of a request the engine did not finish; 0 when its prompt cannot be made into tokens
     * @param nowMs milliseconds since 1970, by the clock
     */
    End<K, V> end(Ending ending, List<Partial> published, int promptTokens, long nowMs);

    /** Why a finished answer is refused and the question asked once more, with this behind it; null = it is not. */
    default @Nullable String objection(Ending.Completed ending, List<Partial> published) {
        return null;
    }

    /** How far calls of tools are followed; null = they are the answer, and whoever reads it makes them. */
    default @Nullable ToolBounds tools() {
        return null;
    }

    /**
     * The record of a call, where {@link #tools} are followed.
     *
     * @param nowMs milliseconds since 1970, by the clock
     */
    default Record<K, V> call(ToolCallEvent call, long nowMs) {
        throw new UnsupportedOperationException("calls are part of the answer");
    }

    /**
     * The end of a request.
     *
     * @param records completion and dead letter
     * @param remembered what the same id sent again, or the same content, is answered with, or null
     */
    record End<K, V>(List<Record<K, V>> records, @Nullable Bytes remembered) {}
}
