package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.GenerationRequest.Task.Scoring;
import io.causalstreams.inference.Prompt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code task} and the fields that only one task has. A text to embed may be called {@code input}, as OpenAI's
 * embeddings do, and one to rank by {@code query}, as rerank services do; {@code prompt} is the same. Other tasks ignore the
 * fields of one, as all that they do not know.
 */
final class TaskReader {
    /** vLLM's word for: to what the model takes. */
    private static final int TO_THE_MODELS_LENGTH = -1;

    private final FieldReader fields;

    TaskReader(FieldReader fields) {
        this.fields = fields;
    }

    /** @throws Invalid naming the field at fault */
    Task task() {
        String task = name();
        List<String> labels = fields.strings("labels");
        return switch (task) {
            case "generate" -> {
                notTruncated();
                yield new Task.Generate();
            }
            case "classify" -> {
                notTruncated();
                yield classify(labels);
            }
            case "embed" ->
                new Task.Embed(
                        fields.int32("dimensions", 1, Integer.MAX_VALUE), fields.string("prompt_name"), truncates());
            case "rerank" -> new Task.Rerank(documents(), fields.string("instruction"), scoring(), truncates());
            default -> throw fields.invalid("task", "is none of generate, classify, embed, rerank");
        };
    }

    /** The prompt by the name a task has for it; null where it is called prompt or messages. */
    @Nullable
    Prompt prompt() {
        String field = name().equals("embed") ? "input" : name().equals("rerank") ? "query" : "";
        if (fields.value("input") != null && !field.equals("input")) {
            throw fields.invalid("input", "is the text of task embed; send prompt or messages");
        }
        JsonNode value = field.isEmpty() ? null : fields.value(field);
        if (value == null) {
            return null;
        }
        if (fields.value("prompt") != null || fields.value("messages") != null) {
            throw fields.invalid(field, "is there beside prompt or messages; send one of them");
        }
        if (value.isArray() && !value.isEmpty() && value.get(0).isNumber()) {
            return new Prompt.Tokens(fields.tokenIds(field, value));
        }
        JsonNode text = value.isArray() && value.size() == 1 ? value.get(0) : value;
        if (value.isArray() && value.size() > 1) {
            throw fields.invalid(
                    field, "is a batch of " + value.size() + "; it must be one (several texts are several events)");
        }
        if (!text.isTextual()) {
            throw fields.wrongType(field, text, "a string");
        }
        return new Prompt.Text(FieldReader.text(text));
    }

    /** How many documents of a ranking to tell; null = all. */
    @Nullable
    Integer topN() {
        return name().equals("rerank") ? fields.int32("top_n", 1, Integer.MAX_VALUE) : null;
    }

    private String name() {
        String task = fields.string("task");
        return task == null ? "generate" : task;
    }

    private Task classify(@Nullable List<String> labels) {
        if (labels == null || labels.isEmpty()) {
            throw fields.invalid("labels", "is missing or empty; task classify needs at least one label");
        }
        if (labels.contains("") || new HashSet<>(labels).size() < labels.size()) {
            throw fields.invalid("labels", "holds an empty label or one label twice; labels must be distinct");
        }
        return new Task.Classify(labels);
    }

    /** Strings, or objects with a {@code text}, as rerank services take both. */
    private List<String> documents() {
        JsonNode list = fields.array("documents");
        if (list == null || list.isEmpty()) {
            throw fields.invalid("documents", "is missing or empty; task rerank needs at least one document");
        }
        List<String> documents = new ArrayList<>();
        for (JsonNode each : list) {
            JsonNode text = each.isObject() ? each.path("text") : each;
            if (!text.isTextual()) {
                throw fields.invalid(
                        "documents",
                        "holds something that is neither a string nor an object with a text; task rerank reads texts");
            }
            documents.add(FieldReader.text(text));
        }
        return documents;
    }

    private Scoring scoring() {
        String scoring = fields.string("scoring");
        if (scoring == null || scoring.equals("yes_no")) {
            return Scoring.YES_NO;
        }
        if (scoring.equals("query_logprob")) {
            return Scoring.QUERY_LOGPROB;
        }
        throw fields.invalid("scoring", "is neither yes_no nor query_logprob");
    }

    private boolean truncates() {
        Integer to = fields.int32("truncate_prompt_tokens", TO_THE_MODELS_LENGTH, TO_THE_MODELS_LENGTH);
        return to != null;
    }

    private void notTruncated() {
        if (fields.value("truncate_prompt_tokens") != null) {
            throw fields.invalid(
                    "truncate_prompt_tokens", "is not supported: no prompt of this task is cut; send one that fits");
        }
    }
}
