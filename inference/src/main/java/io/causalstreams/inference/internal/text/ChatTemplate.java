package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.RenderResult;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model's own chat template: turns a conversation into the text the model was trained on. Immutable. */
public final class ChatTemplate {
    private final Jinjava jinjava = new Jinjava(JinjavaConfig.newBuilder()
            .withTrimBlocks(true)
            .withLstripBlocks(true)
            .build());
    private final String source;
    private final Map<String, Object> variables;

    private ChatTemplate(String source, Map<String, Object> variables) {
        this.source = source;
        this.variables = variables;
    }

    /**
     * The template of a model directory: {@code chat_template.jinja}, else {@code chat_template} of
     * {@code tokenizer_config.json}, a string or a list of named ones of which {@code default} is taken; empty if the
     * model has none.
     */
    public static Optional<ChatTemplate> load(Path directory) {
        try {
            Path configFile = directory.resolve("tokenizer_config.json");
            JsonNode config = Files.exists(configFile) ? TokenizerFile.readJson(configFile) : null;
            Map<String, Object> variables = new HashMap<>();
            String source = "";
            if (config != null) {
                for (String role : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
                    variables.put(role, TokenizerFile.tokenText(config.path(role)));
                }
                source = config.path("chat_template").asText("");
            }
            Path templateFile = directory.resolve("chat_template.jinja");
            if (Files.exists(templateFile)) {
                source = Files.readString(templateFile);
            }
            return source.isEmpty() ? Optional.empty() : Optional.of(new ChatTemplate(source, variables));
        } catch (IOException e) {
            throw new GenerationException.Failed("the chat template of " + directory + " cannot be read", e);
        }
    }

    /**
     * Renders a conversation with the generation prompt added.
     *
     * @throws GenerationException.Invalid naming {@code messages} if the template refuses the conversation
     */
    public List<Tokenizer.TemplatePart> render(List<Prompt.Message> messages) {
        Map<String, Object> context = new HashMap<>(variables);
        context.put("add_generation_prompt", true);
        context.put("messages", messages.stream().map(ChatTemplate::asMap).toList());
        RenderResult result = jinjava.renderForResult(source, context);
        if (result.hasErrors()) {
            throw new GenerationException.Invalid(
                    "messages",
                    "the model's chat template fails: "
                            + result.getErrors().get(0).getMessage());
        }
        return List.of(new Tokenizer.TemplatePart(result.getOutput(), true));
    }

    private static Map<String, Object> asMap(Prompt.Message message) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("role", message.role());
        map.put("content", message.content());
        if (message.name() != null) {
            map.put("name", message.name());
        }
        return map;
    }
}
