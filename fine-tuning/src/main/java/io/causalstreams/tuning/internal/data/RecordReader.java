package io.causalstreams.tuning.internal.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.internal.text.ChatTemplate;
import io.causalstreams.inference.internal.text.Tokenizer;
import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import io.causalstreams.tuning.TuningException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records in JSON, one to a line, as examples:
 *
 * <pre>
 *   {"messages": […, {"role": "assistant", "content": "…"}]}     a conversation: its last answer is learned
 *   {"messages": […], "completion": "…"}                         as before, the answer apart
 *   {"prompt": "…", "completion": "…"}                           text that is continued, without a template
 *   {"messages": […] or "prompt": "…", "label": "…"}             what classify is asked: the label is learned
 * </pre>
 *
 * Prompts become the tokens that the engine makes of the same fields of a prompt event. A completion ends with the token that
 * ends a turn.
 */
public final class RecordReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;
    private final int bos;
    private final Set<Integer> ends;
    private final int end;

    /**
     * Reads for one model.
     *
     * @param bos token in front of plain prompts; -1 = none
     * @param ends tokens that end an answer; the first ends those that the template does not end
     */
    public RecordReader(Tokenizer tokenizer, Optional<ChatTemplate> template, int bos, List<Integer> ends) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.bos = bos;
        this.ends = Set.copyOf(ends);
        this.end = ends.isEmpty() ? -1 : ends.get(0);
    }

    /**
     * All records of a file.
     *
     * @param maxTokens of an example
     * @throws TuningException naming the line at fault
     */
    public List<Example> read(Path file, int maxTokens) {
        return read(file, maxTokens, false);
    }

    /** Those records of a file that can be learned. @throws TuningException if the file cannot be read */
    public List<Example> readable(Path file, int maxTokens) {
        return read(file, maxTokens, true);
    }

    private List<Example> read(Path file, int maxTokens, boolean skips) {
        List<Example> examples = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    try {
                        examples.add(checked(example(line), maxTokens));
                    } catch (IllegalArgumentException | GenerationException e) {
                        if (!skips) {
                            throw e;
                        }
                    }
                }
            }
        } catch (NoSuchFileException e) {
            throw new TuningException(file + ": no such file; give records in JSON, one to a line", e);
        } catch (IOException e) {
            throw new TuningException(file + ": cannot be read (" + e.getMessage() + ")", e);
        } catch (IllegalArgumentException | GenerationException e) {
            throw new TuningException(file + ", line " + number + ": " + e.getMessage(), e);
        }
        return examples;
    }

    /** @throws IllegalArgumentException saying what is wrong with the record */
    Example example(String line) {
        JsonNode record;
        try {
            record = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is not JSON: " + e.getOriginalMessage(), e);
        }
        String answer = record.hasNonNull("label")
                ? record.path("label").asText()
                : record.path("completion").asText(null);
        if (record.path("messages").isArray()) {
            return conversation(messages(record.path("messages")), answer);
        }
        if (!record.hasNonNull("prompt") || answer == null) {
            throw new IllegalArgumentException(
                    "needs messages that end with an answer, or prompt or messages with a completion or a label");
        }
        int[] prompt = tokenizer.encodeText(record.path("prompt").asText());
        return joined(bos < 0 ? prompt : joinedTokens(new int[] {bos}, prompt), ended(tokenizer.encodeText(answer)));
    }

    private Example conversation(List<Prompt.Message> messages, @Nullable String answer) {
        ChatTemplate chat = template.orElseThrow(() ->
                new IllegalArgumentException("has messages, and the model has no chat template; give prompt instead"));
        List<Prompt.Message> all = new ArrayList<>(messages);
        if (answer != null) {
            all.add(new Prompt.Message("assistant", answer));
        }
        if (all.size() < 2 || !all.get(all.size() - 1).role().equals("assistant")) {
            throw new IllegalArgumentException("its last message must be an assistant's: the answer that is learned");
        }
        int[] prompt = tokens(chat, new Prompt.Chat(all.subList(0, all.size() - 1)));
        ChatOptions whole = ChatOptions.builder().addGenerationPrompt(false).build();
        int[] everything = tokens(chat, new Prompt.Chat(all, whole));
        if (everything.length > prompt.length && Arrays.equals(prompt, Arrays.copyOf(everything, prompt.length))) {
            return joined(prompt, untilEnd(Arrays.copyOfRange(everything, prompt.length, everything.length)));
        }
        // The template writes earlier turns in another way than the one it opens, as those of reasoning models do.
        return joined(prompt, ended(tokenizer.encodeText(all.get(all.size() - 1).text())));
    }

    private int[] tokens(ChatTemplate chat, Prompt.Chat conversation) {
        List<TemplatePart> parts = chat.render(conversation).parts();
        return tokenizer.encodeTemplate(parts);
    }

    private static List<Prompt.Message> messages(JsonNode array) {
        List<Prompt.Message> messages = new ArrayList<>();
        for (JsonNode each : array) {
            if (!each.path("role").isTextual() || !each.path("content").isTextual()) {
                throw new IllegalArgumentException("a message needs a role and a content in text");
            }
            messages.add(new Prompt.Message(
                    each.path("role").asText(), each.path("content").asText()));
        }
        return messages;
    }

    /** Up to the token that ends the turn, itself included. */
    private int[] untilEnd(int[] tokens) {
        for (int i = 0; i < tokens.length; i++) {
            if (ends.contains(tokens[i])) {
                return Arrays.copyOf(tokens, i + 1);
            }
        }
        return ended(tokens);
    }

    private int[] ended(int[] tokens) {
        return end < 0 ? tokens : joinedTokens(tokens, new int[] {end});
    }

    private static Example joined(int[] prompt, int[] completion) {
        return new Example(joinedTokens(prompt, completion), prompt.length);
    }

    private static int[] joinedTokens(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static Example checked(Example example, int maxTokens) {
        if (example.length() > maxTokens) {
            throw new IllegalArgumentException("has %d tokens, more than --max-tokens %d; shorten it or raise that"
                    .formatted(example.length(), maxTokens));
        }
        return example;
    }
}
