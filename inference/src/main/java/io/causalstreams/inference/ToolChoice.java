package io.causalstreams.inference;

/** Whether an answer calls tools. */
public sealed interface ToolChoice {

    /** The model decides: text, calls, or text and then calls. */
    record Auto() implements ToolChoice {}

    /** No calls; the template does not see the tools. */
    record None() implements ToolChoice {}

    /** At least one call, and nothing else but what the model thinks before. */
    record Required() implements ToolChoice {}

    /** Exactly one call, of this function. */
    record Named(String name) implements ToolChoice {}
}
