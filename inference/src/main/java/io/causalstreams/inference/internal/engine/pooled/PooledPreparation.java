package io.causalstreams.inference.internal.engine.pooled;

import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.internal.model.PooledMetadata;
import io.causalstreams.inference.internal.model.PooledMetadata.Embeddings;
import io.causalstreams.inference.internal.model.PooledMetadata.Scores;
import io.causalstreams.inference.internal.model.TokenRow;
import io.causalstreams.inference.internal.text.TextEncoder;
import io.causalstreams.inference.internal.text.TextFrame;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Turns a request into rows of tokens and checks it against the model. Pure; any thread. */
final class PooledPreparation {
    private final PooledMetadata model;
    private final TextEncoder tokenizer;
    private final TextFrame frame;

    PooledPreparation(PooledMetadata model, TextEncoder tokenizer, TextFrame frame) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.frame = frame;
    }

    /** @throws Invalid naming the field at fault */
    PooledRequest prepare(GenerationRequest request) {
        String id = request.id();
        if (request.task() instanceof Task.Embed embed && model.output() instanceof Embeddings output) {
            checkDimensions(id, embed.dimensions(), output.dimensions());
            return new PooledRequest(this, request, List.of(row(id, request.prompt(), embed, output)));
        }
        if (request.task() instanceof Task.Rerank rerank && model.output() instanceof Scores) {
            return new PooledRequest(this, request, pairs(id, request.prompt(), rerank));
        }
        String can = model.output() instanceof Embeddings
                ? "makes embeddings (task embed)"
                : "scores documents for a query (task rerank)";
        throw new Invalid(
                "task",
                "request " + id + ": model " + model.name() + " " + can + " and nothing else; name another model");
    }

    /**
     * The request as this prepared it.
     *
     * @throws IllegalArgumentException if another did
     */
    PooledRequest own(PreparedRequest request) {
        if (request instanceof PooledRequest pooled && pooled.owner() == this) {
            return pooled;
        }
        throw new IllegalArgumentException("request " + request.request().id()
                + " was prepared by another engine; prepare it with the one that is to run it");
    }

    private static void checkDimensions(String id, @Nullable Integer wanted, int possible) {
        if (wanted != null && (wanted < 1 || wanted > possible)) {
            throw new Invalid(
                    "dimensions", "request " + id + ": dimensions is " + wanted + ", the model has 1 to " + possible);
        }
    }

    private TokenRow row(String id, Prompt prompt, Task.Embed embed, Embeddings output) {
        if (prompt instanceof Prompt.Tokens tokens) {
            return whole(id, tokens.ids(), embed.truncate());
        }
        Prompt.Text text = text(id, prompt);
        String prefix = prefix(id, embed.promptName(), output);
        int[] ids = encoded(text, prefix);
        if (!text.addSpecialTokens()) {
            checkNotEmpty(id, ids.length);
            checkLength(id, "prompt", ids.length, model.maxContextTokens(), embed.truncate());
            return row(Arrays.copyOf(ids, Math.min(ids.length, model.maxContextTokens())));
        }
        int most = model.maxContextTokens() - frame.size();
        checkNotEmpty(id, ids.length + frame.size());
        checkLength(id, "prompt", ids.length + frame.size(), model.maxContextTokens(), embed.truncate());
        return row(frame.around(ids, most));
    }

    private TokenRow whole(String id, List<Integer> tokens, boolean truncate) {
        for (int token : tokens) {
            if (token < 0 || token >= model.vocabularySize()) {
                throw new Invalid(
                        "prompt",
                        "request " + id + ": prompt holds token " + token + ", the vocabulary has 0 to "
                                + (model.vocabularySize() - 1));
            }
        }
        checkNotEmpty(id, tokens.size());
        checkLength(id, "prompt", tokens.size(), model.maxContextTokens(), truncate);
        return row(tokens.stream()
                .limit(model.maxContextTokens())
                .mapToInt(Integer::intValue)
                .toArray());
    }

    private static TokenRow row(int... ids) {
        return new TokenRow(ids, ids.length);
    }

    private List<TokenRow> pairs(String id, Prompt prompt, Task.Rerank rerank) {
        if (rerank.documents().isEmpty()) {
            throw new Invalid("documents", "request " + id + ": documents is empty; give at least one");
        }
        if (rerank.instruction() != null) {
            throw new Invalid(
                    "instruction",
                    "request " + id + ": model " + model.name()
                            + " is a cross-encoder and takes no instruction; leave it out");
        }
        int[] query = encoded(text(id, prompt), "");
        int most = model.maxContextTokens() - frame.pairSize();
        List<TokenRow> rows = new ArrayList<>();
        for (String document : rerank.documents()) {
            int[] ids = tokenizer.encodeText(document);
            checkLength(
                    id,
                    "documents[" + rows.size() + "] with the query",
                    query.length + ids.length + frame.pairSize(),
                    model.maxContextTokens(),
                    rerank.truncate());
            TextFrame.Pair pair = frame.around(query, ids, most);
            rows.add(new TokenRow(pair.ids(), pair.secondFrom()));
        }
        return rows;
    }

    private static Prompt.Text text(String id, Prompt prompt) {
        if (prompt instanceof Prompt.Text text) {
            return text;
        }
        throw new Invalid(
                prompt instanceof Prompt.Chat ? "messages" : "prompt",
                "request " + id + ": this task reads a text; send prompt as a string");
    }

    private int[] encoded(Prompt.Text text, String prefix) {
        return tokenizer.encodeTemplate(List.of(new Tokenizer.TemplatePart(prefix + text.text(), text.parseSpecial())));
    }

    private static String prefix(String id, @Nullable String name, Embeddings output) {
        String chosen = name == null ? output.defaultPrompt() : name;
        if (chosen == null) {
            return "";
        }
        String prefix = output.prompts().get(chosen);
        if (prefix == null) {
            throw new Invalid(
                    "prompt_name",
                    "request " + id + ": the model has no prompt named '" + chosen + "'; "
                            + (output.prompts().isEmpty()
                                    ? "it has none"
                                    : "it has "
                                            + String.join(
                                                    ", ",
                                                    new TreeSet<>(
                                                            output.prompts().keySet()))));
        }
        return prefix;
    }

    private static void checkNotEmpty(String id, int tokens) {
        if (tokens == 0) {
            throw new Invalid("prompt", "request " + id + ": the prompt has no tokens; give it text");
        }
    }

    private static void checkLength(String id, String what, int tokens, int most, boolean truncate) {
        if (tokens > most && !truncate) {
            String field = what.startsWith("prompt") ? "prompt" : "documents";
            throw new Invalid(
                            field,
                            "request " + id + ": " + what + " has " + tokens + " tokens, the model takes " + most
                                    + "; shorten it, or have it cut with truncate_prompt_tokens: -1")
                    .withPromptTokens(tokens);
        }
    }
}
