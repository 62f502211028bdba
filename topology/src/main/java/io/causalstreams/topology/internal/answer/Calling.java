package io.causalstreams.topology.internal.answer;

import io.causalstreams.topology.event.ToolCallEvent;
import java.util.function.Function;

/**
 * How the answers of an operator call tools.
 *
 * @param output a call as the operator's output
 */
public record Calling<R>(ToolBounds bounds, Function<ToolCallEvent, R> output) {}
