package io.causalstreams.topology.internal.operator;

import io.causalstreams.topology.event.ToolResultEvent;
import org.jspecify.annotations.Nullable;

/**
 * What an agent reads: records, and results of the tools it called about them.
 *
 * @param <V> the records' value
 */
public sealed interface AgentInput<V> {

    /** A record to be asked about. */
    record Question<V>(@Nullable V value) implements AgentInput<V> {}

    /** A result, or null where a record was none. */
    record Result<V>(@Nullable ToolResultEvent result) implements AgentInput<V> {}
}
