package io.causalstreams.topology.internal.operator;

import io.causalstreams.topology.event.ToolCallEvent;
import org.jspecify.annotations.Nullable;

/**
 * What an agent forwards: a call, or a record with its answer.
 *
 * @param <R> the answered record's value
 */
public sealed interface AgentOutput<R> {

    /** A call of a tool. */
    record Call<R>(ToolCallEvent call) implements AgentOutput<R> {}

    /** An answered record; null for a tombstone. */
    record Answer<R>(@Nullable R value) implements AgentOutput<R> {}
}
