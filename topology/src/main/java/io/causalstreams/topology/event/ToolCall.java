package io.causalstreams.topology.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A call of a tool, or, in a token event, more of one.
 *
 * @param index the call's position in the answer; in token events only
 * @param id names the call for the {@code tool} message that answers it; where the call begins
 * @param type {@code function}; where the call begins
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ToolCall(
        @Nullable Integer index,
        @Nullable String id,
        @Nullable String type,
        Function function) {

    /**
     * What is called.
     *
     * @param name where the call begins
     * @param arguments the text of a JSON object, or the next piece of it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Function(@Nullable String name, String arguments) {}
}
