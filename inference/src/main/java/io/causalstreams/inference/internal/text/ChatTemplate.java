package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.internal.answer.AnswerSyntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A model's own chat template: turns a conversation into the text the model was trained on.
 *
 * <p>Messages are data: Jinja in them is text, and so are names of special tokens. No message is lost: one that the template
 * does not print is refused. Immutable; any thread.
 */
public final class ChatTemplate {
    private final JinjaTemplate template;
    private final Map<String, Object> constants;
    private final ControlNames controlNames;
    private final Clock clock;
    private final TemplateFeatures features;
    private final AnswerSyntax syntax;
    /** For conversations with tools, where the model has another template for them. */
    private final @Nullable ChatTemplate withTools;

    private ChatTemplate(
            String source,
            @Nullable String sourceWithTools,
            Map<String, Object> constants,
            ControlNames controlNames,
            Clock clock) {
        this.template = new JinjaTemplate(source, clock);
        this.constants = constants;
        this.controlNames = controlNames;
        this.clock = clock;
        this.features = TemplateFeatures.of(template, source, constants);
        this.syntax = AnswerSyntax.of(source);
        this.withTools = sourceWithTools == null
                ? null
                : new ChatTemplate(sourceWithTools, null, constants, controlNames, clock);
    }

    /**
     * The template of a model directory: {@code chat_template.jinja}, else {@code chat_template} of
     * {@code tokenizer_config.json}, where it is a string or a list of named ones of which {@code default} is taken, and
     * {@code tool_use} for conversations with tools.
     *
     * @return empty if the model has none
     * @throws GenerationException.Failed if a file cannot be read or the template's tags do not close
     */
    public static Optional<ChatTemplate> load(Path directory) {
        return load(directory, Clock.system(ZoneId.systemDefault()));
    }

    /** As {@link #load(Path)}, with the clock that {@code strftime_now} reads. */
    static Optional<ChatTemplate> load(Path directory, Clock clock) {
        JsonNode config = TokenizerFile.config(directory);
        Map<String, Object> constants = new HashMap<>();
        config.properties().forEach(entry -> {
            if (entry.getKey().endsWith("_token")) {
                constants.put(entry.getKey(), TokenizerFile.tokenText(entry.getValue()));
            }
        });
        Path file = directory.resolve("chat_template.jinja");
        try {
            JsonNode templates = config.path("chat_template");
            String source = Files.exists(file) ? Files.readString(file) : named(templates, "default");
            if (source == null) {
                return Optional.empty();
            }
            return Optional.of(new ChatTemplate(
                    source,
                    Files.exists(file) ? null : named(templates, "tool_use"),
                    constants,
                    new ControlNames(TokenizerFile.specialNames(directory)),
                    clock));
        } catch (IOException | IllegalArgumentException e) {
            throw new GenerationException.Failed("the chat template of " + directory + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable String named(JsonNode templates, String name) {
        for (JsonNode template : templates) {
            if (template.path("name").asText().equals(name)) {
                return template.path("template").asText();
            }
        }
        return name.equals("default") && !templates.asText("").isEmpty() ? templates.asText() : null;
    }

    /**
     * Renders a conversation. Names of special tokens in what the request brings come back as parts that are not control.
     *
     * @throws Invalid naming {@code messages} if the template refuses the conversation or does not print one of its messages
     */
    public RenderedChat render(Prompt.Chat chat) {
        return of(chat.options()).renderHere(chat);
    }

    /** The template of a request: its own where it brings one along. @throws Invalid naming {@code chat_template} */
    private ChatTemplate of(ChatOptions options) {
        if (options.template() != null) {
            try {
                return new ChatTemplate(options.template(), null, constants, controlNames, clock);
            } catch (IllegalArgumentException e) {
                throw new Invalid("chat_template", "chat_template is no Jinja template: " + e.getMessage());
            }
        }
        return withTools == null || options.callable().isEmpty() ? this : withTools;
    }

    private RenderedChat renderHere(Prompt.Chat chat) {
        Conversation conversation = conversation(chat);
        String rendered = conversation.text(UnaryOperator.identity());
        conversation.checkThatAllArePrinted(rendered);
        conversation.checkThatDocumentsArePrinted(rendered);
        return new RenderedChat(conversation.cut(conversation.parts(rendered)), syntax);
    }

    private Conversation conversation(Prompt.Chat chat) {
        List<Message> messages = features.developer()
                ? chat.messages()
                : chat.messages().stream().map(ChatTemplate::developerAsSystem).toList();
        ChatOptions options = chat.options();
        boolean toolsAsText = ToolsAsText.isNeeded(messages, options)
                && !(options.callable().isEmpty() ? features.toolCalls() : features.tools());
        return toolsAsText
                ? new Conversation(
                        ToolsAsText.write(messages, options.callable(), features.system()),
                        options.toBuilder().tools(List.of()).build())
                : new Conversation(messages, options);
    }

    private static Message developerAsSystem(Message message) {
        return message.role().equals("developer")
                ? new Message("system", message.content(), message.name(), null, List.of(), null)
                : message;
    }

    /** A conversation in the form that this template takes. */
    private final class Conversation {
        private final List<Message> messages;
        private final ChatOptions options;

        Conversation(List<Message> messages, ChatOptions options) {
            this.messages = messages;
            this.options = options;
        }

        String text(UnaryOperator<String> quoted) {
            return text(messages, quoted);
        }

        private String text(List<Message> those, UnaryOperator<String> quoted) {
            Map<String, Object> variables =
                    new TemplateVariables(features.typedContent(), features.plainContent()).of(those, options, quoted);
            constants.forEach(variables::putIfAbsent);
            return template.render(variables);
        }

        List<Tokenizer.TemplatePart> parts(String rendered) {
            List<String> suspicious = new ArrayList<>();
            TemplateVariables.forEachText(messages, options, text -> {
                if (controlNames.occurIn(text)) {
                    suspicious.add(text);
                }
            });
            if (suspicious.isEmpty()) {
                return List.of(new Tokenizer.TemplatePart(rendered, true));
            }
            char mark = ControlNames.freeMark(suspicious);
            List<Tokenizer.TemplatePart> parts = controlNames.unmark(text(text -> controlNames.mark(text, mark)), mark);
            String unmarked = parts.stream().map(Tokenizer.TemplatePart::text).collect(Collectors.joining());
            return unmarked.equals(rendered) ? parts : ControlNames.verbatim(rendered, suspicious);
        }

        /**
         * Nearly every message stands in the prompt as it is; one that does not is distinguished from one that was changed by
         * rendering the conversation with another word in its place.
         */
        void checkThatAllArePrinted(String rendered) {
            for (int index = 0; index < messages.size(); index++) {
                Message message = messages.get(index);
                String text = message.text().strip();
                if (text.isEmpty()
                        || rendered.contains(text)
                        || !message.toolCalls().isEmpty()) {
                    continue; // some templates leave out what is said beside a call
                }
                List<Message> other = new ArrayList<>(messages);
                other.set(index, message.withText("quokkazebra"));
                if (text(other, UnaryOperator.identity()).equals(rendered)) {
                    throw new Invalid(
                            "messages",
                            "messages[" + index + "] has the role " + message.role()
                                    + ", which the model's chat template does not print there; use another role");
                }
            }
        }

        void checkThatDocumentsArePrinted(String rendered) {
            if (options.documents().isEmpty()) {
                return;
            }
            ChatOptions without = options.toBuilder().documents(List.of()).build();
            if (new Conversation(messages, without)
                    .text(UnaryOperator.identity())
                    .equals(rendered)) {
                throw new Invalid(
                        "documents",
                        "documents are not printed by the model's chat template; write their texts into a message");
            }
        }

        /** With {@code continue_final_message} all that stands behind the last message's text is left out. */
        List<Tokenizer.TemplatePart> cut(List<Tokenizer.TemplatePart> parts) {
            if (!options.continueFinalMessage()) {
                return parts;
            }
            String whole = parts.stream().map(Tokenizer.TemplatePart::text).collect(Collectors.joining());
            String last = messages.get(messages.size() - 1).text();
            int start = whole.lastIndexOf(last.strip());
            if (start < 0 || last.isBlank()) {
                throw new Invalid(
                        "continue_final_message",
                        "continue_final_message is true and the chat template does not print the last message's text as it"
                                + " stands; it cannot be continued");
            }
            // Space at its end is kept where the template keeps it.
            String kept = last.stripLeading();
            int end = start
                    + (whole.startsWith(kept, start)
                            ? kept.length()
                            : last.strip().length());
            List<Tokenizer.TemplatePart> cut = new ArrayList<>();
            for (Tokenizer.TemplatePart part : parts) {
                int length = Math.min(end, part.text().length());
                if (length > 0) {
                    cut.add(new Tokenizer.TemplatePart(part.text().substring(0, length), part.control()));
                }
                end -= length;
            }
            return cut;
        }
    }
}
