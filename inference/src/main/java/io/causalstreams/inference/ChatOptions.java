package io.causalstreams.inference;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template is given beside the messages, and which tools the answer may call.
 *
 * @param tools functions the model may call
 * @param toolChoice whether it has to
 * @param parallelToolCalls whether one answer may hold several calls
 * @param template a Jinja template to use instead of the model's own, or null
 * @param templateVariables further variables of the template ({@code chat_template_kwargs}), such as
 *     {@code enable_thinking}; values as Jackson reads JSON: strings, numbers, booleans, lists and maps
 * @param documents texts to answer from, for templates that take them; each with the keys its template wants
 * @param addGenerationPrompt whether the prompt ends with the beginning of an assistant's turn
 * @param continueFinalMessage whether the prompt ends inside the last message, which the answer continues
 */
public record ChatOptions(
        List<Tool> tools,
        ToolChoice toolChoice,
        boolean parallelToolCalls,
        @Nullable String template,
        Map<String, Object> templateVariables,
        List<Map<String, Object>> documents,
        boolean addGenerationPrompt,
        boolean continueFinalMessage) {

    /** No tools; the prompt ends with the beginning of an assistant's turn. */
    public static final ChatOptions DEFAULT = builder().build();

    public ChatOptions {
        tools = List.copyOf(tools);
        documents = List.copyOf(documents);
        if (addGenerationPrompt && continueFinalMessage) {
            throw new GenerationException.Invalid(
                    "continue_final_message",
                    "continue_final_message and add_generation_prompt are both true; the prompt can end inside the last message or"
                            + " with a new one");
        }
    }

    /** The tools the answer may call: none where the choice is {@link ToolChoice.None}. */
    public List<Tool> callable() {
        return toolChoice instanceof ToolChoice.None ? List.of() : tools;
    }

    public static Builder builder() {
        return new Builder();
    }

    public Builder toBuilder() {
        return builder()
                .tools(tools)
                .toolChoice(toolChoice)
                .parallelToolCalls(parallelToolCalls)
                .template(template)
                .templateVariables(templateVariables)
                .documents(documents)
                .addGenerationPrompt(addGenerationPrompt)
                .continueFinalMessage(continueFinalMessage);
    }

    /** Builds {@link ChatOptions}; not thread safe. */
    public static final class Builder {
        private List<Tool> tools = List.of();
        private ToolChoice toolChoice = new ToolChoice.Auto();
        private boolean parallelToolCalls = true;
        private @Nullable String template;
        private Map<String, Object> templateVariables = Map.of();
        private List<Map<String, Object>> documents = List.of();
        private boolean addGenerationPrompt = true;
        private boolean continueFinalMessage;

        private Builder() {}

        public Builder tools(List<Tool> value) {
            tools = value;
            return this;
        }

        public Builder toolChoice(ToolChoice value) {
            toolChoice = value;
            return this;
        }

        public Builder parallelToolCalls(boolean value) {
            parallelToolCalls = value;
            return this;
        }

        public Builder template(@Nullable String value) {
            template = value;
            return this;
        }

        public Builder templateVariables(Map<String, Object> value) {
            templateVariables = value;
            return this;
        }

        public Builder documents(List<Map<String, Object>> value) {
            documents = value;
            return this;
        }

        public Builder addGenerationPrompt(boolean value) {
            addGenerationPrompt = value;
            return this;
        }

        public Builder continueFinalMessage(boolean value) {
            continueFinalMessage = value;
            return this;
        }

        public ChatOptions build() {
            return new ChatOptions(
                    tools,
                    toolChoice,
                    parallelToolCalls,
                    template,
                    templateVariables,
                    documents,
                    addGenerationPrompt,
                    continueFinalMessage);
        }
    }
}
