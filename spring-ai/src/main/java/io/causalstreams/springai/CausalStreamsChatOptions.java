package io.causalstreams.springai;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.tool.ToolCallback;

/** What a request says besides its messages: sampling, stops, tools, and the JSON Schema that an answer is held to. */
public final class CausalStreamsChatOptions extends DefaultToolCallingChatOptions
        implements StructuredOutputChatOptions {
    private final @Nullable String outputSchema;

    private CausalStreamsChatOptions(
            @Nullable List<ToolCallback> tools,
            @Nullable Map<String, Object> toolContext,
            @Nullable String model,
            @Nullable Double frequencyPenalty,
            @Nullable Integer maxTokens,
            @Nullable Double presencePenalty,
            @Nullable List<String> stopSequences,
            @Nullable Double temperature,
            @Nullable Integer topK,
            @Nullable Double topP,
            @Nullable String outputSchema) {
        super(
                Objects.requireNonNullElse(tools, List.of()),
                Objects.requireNonNullElse(toolContext, Map.of()),
                model,
                frequencyPenalty,
                maxTokens,
                presencePenalty,
                stopSequences,
                temperature,
                topK,
                topP);
        this.outputSchema = outputSchema;
    }

    /** Says nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** JSON Schema of the answer; null = any text. */
    @Override
    public @Nullable String getOutputSchema() {
        return outputSchema;
    }

    /** Those that the model may call; empty where there are none. */
    @Override
    public List<ToolCallback> getToolCallbacks() {
        return Objects.requireNonNull(super.getToolCallbacks());
    }

    /** For tools, not for the model. */
    @Override
    public Map<String, Object> getToolContext() {
        return Objects.requireNonNull(super.getToolContext());
    }

    @Override
    public Builder mutate() {
        return builder()
                .toolCallbacks(List.copyOf(getToolCallbacks()))
                .toolContext(Map.copyOf(getToolContext()))
                .model(getModel())
                .frequencyPenalty(getFrequencyPenalty())
                .maxTokens(getMaxTokens())
                .presencePenalty(getPresencePenalty())
                .stopSequences(getStopSequences())
                .temperature(getTemperature())
                .topK(getTopK())
                .topP(getTopP())
                .outputSchema(outputSchema);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof CausalStreamsChatOptions options
                && Objects.equals(outputSchema, options.outputSchema);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + Objects.hashCode(outputSchema);
    }

    /** Makes options. */
    public static final class Builder extends DefaultToolCallingChatOptions.Builder<Builder>
            implements StructuredOutputChatOptions.Builder<Builder> {
        private @Nullable String outputSchema;

        private Builder() {}

        @Override
        public Builder outputSchema(@Nullable String schema) {
            this.outputSchema = schema;
            return this;
        }

        @Override
        public Builder combineWith(ChatOptions.Builder<?> other) {
            super.combineWith(other);
            if (other.build() instanceof StructuredOutputChatOptions structured
                    && structured.getOutputSchema() != null) {
                this.outputSchema = structured.getOutputSchema();
            }
            return this;
        }

        @Override
        public CausalStreamsChatOptions build() {
            return new CausalStreamsChatOptions(
                    toolCallbacks,
                    toolContext,
                    model,
                    frequencyPenalty,
                    maxTokens,
                    presencePenalty,
                    stopSequences,
                    temperature,
                    topK,
                    topP,
                    outputSchema);
        }
    }
}
