package io.causalstreams.inference;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request: what to continue, how to sample, and where to resume.
 *
 * @param id names the request in errors, logs and metrics; unique among the requests in flight
 * @param task generate text, classify the prompt into labels, make a vector of it, or rank documents by it
 * @param resumeFrom tokens already generated (and published) per choice, index = choice; empty for a new request. The
 *     engine recomputes their cache in one prefill and continues with the next token; resumed tokens are not emitted again
 * @param priority lower runs earlier; 0 is the default
 * @param deadline after this instant the request is ended with {@link FinishReason#DEADLINE_EXCEEDED}
 * @param user requests of one user share the engine fairly with those of others
 * @param model which model of an engine that has {@linkplain MultiModelEngine several}; null = its default. {@code base:adapter} names an
 *     adapter too
 * @param adapter which {@linkplain GenerationEngine#loadAdapter adapter} of the model; null = none
 */
public record GenerationRequest(
        String id,
        Prompt prompt,
        Task task,
        SamplingParams sampling,
        List<List<Integer>> resumeFrom,
        int priority,
        @Nullable Instant deadline,
        @Nullable String user,
        @Nullable String model,
        @Nullable String adapter) {

    public GenerationRequest {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(sampling, "sampling");
        resumeFrom = resumeFrom.stream().map(List::copyOf).toList();
    }

    /** A new generate request with default priority and no deadline. */
    public static GenerationRequest of(String id, Prompt prompt, SamplingParams sampling) {
        return new GenerationRequest(id, prompt, new Task.Generate(), sampling, List.of(), 0, null, null, null, null);
    }

    /** A request with one user message, greedy, of at most {@code maxTokens} tokens; its id is empty. */
    public static GenerationRequest chat(String userMessage, int maxTokens) {
        Prompt prompt = new Prompt.Chat(List.of(new Prompt.Message("user", userMessage)));
        return of("", prompt, SamplingParams.greedy(maxTokens));
    }

    /** A request to continue {@code prompt}, greedy, by at most {@code maxTokens} tokens; its id is empty. */
    public static GenerationRequest text(String prompt, int maxTokens) {
        return of("", new Prompt.Text(prompt), SamplingParams.greedy(maxTokens));
    }

    /** A request for the vector of a text; its id is empty. */
    public static GenerationRequest embed(String text) {
        return text(text, 0).withTask(new Task.Embed());
    }

    /** A request for the scores of documents for a query; its id is empty. */
    public static GenerationRequest rerank(String query, List<String> documents) {
        return text(query, 0).withTask(new Task.Rerank(documents));
    }

    public GenerationRequest withId(String id) {
        return with(draft -> draft.id = id);
    }

    public GenerationRequest withPrompt(Prompt prompt) {
        return with(draft -> draft.prompt = prompt);
    }

    /**
     * This chat with tools, beside its other options.
     *
     * @throws IllegalStateException if it is no chat
     */
    public GenerationRequest withTools(ToolChoice choice, Tool... tools) {
        if (!(prompt instanceof Prompt.Chat chat)) {
            throw new IllegalStateException("only a chat has tools; ask with GenerationRequest.chat");
        }
        ChatOptions options = chat.options().toBuilder()
                .tools(List.of(tools))
                .toolChoice(choice)
                .build();
        return withPrompt(new Prompt.Chat(chat.messages(), options));
    }

    public GenerationRequest withTask(Task task) {
        return with(draft -> draft.task = task);
    }

    public GenerationRequest withSampling(SamplingParams sampling) {
        return with(draft -> draft.sampling = sampling);
    }

    /** This request, continued after {@code tokens} (per choice). */
    public GenerationRequest resumedFrom(List<List<Integer>> tokens) {
        return with(draft -> draft.resumeFrom = tokens);
    }

    public GenerationRequest withPriority(int priority) {
        return with(draft -> draft.priority = priority);
    }

    public GenerationRequest withDeadline(@Nullable Instant deadline) {
        return with(draft -> draft.deadline = deadline);
    }

    public GenerationRequest withUser(@Nullable String user) {
        return with(draft -> draft.user = user);
    }

    public GenerationRequest withModel(@Nullable String model) {
        return with(draft -> draft.model = model);
    }

    public GenerationRequest withAdapter(@Nullable String adapter) {
        return with(draft -> draft.adapter = adapter);
    }

    private GenerationRequest with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.request();
    }

    /** What the engine is asked to do with the prompt. */
    public sealed interface Task {

        /** Continue the prompt. With {@code maxTokens = 0} only score it. */
        record Generate() implements Task {}

        /**
         * Score every label as a continuation of the prompt, in teacher-forced passes, with no decode step.
         *
         * @param labels at least one, distinct, not empty
         */
        record Classify(List<String> labels) implements Task {
            public Classify {
                labels = List.copyOf(labels);
            }
        }

        /**
         * Make a vector of the prompt, which is a text or whole tokens. For models of embeddings.
         *
         * @param dimensions elements of the vector to keep, from 1 to the model's; what is left is scaled to length 1. null =
         *     all, as the model gives them
         * @param promptName which of the model's own texts goes in front, such as {@code query}; null = the model's default
         * @param truncate whether a text that is too long is cut; else it is an invalid request
         */
        record Embed(@Nullable Integer dimensions, @Nullable String promptName, boolean truncate) implements Task {

            /** The whole vector of the text as it is. */
            public Embed() {
                this(null, null, false);
            }
        }

        /**
         * Score how well each document answers the prompt, which is a text: the query.
         *
         * @param documents at least one
         * @param instruction what is asked of a document; null = that it answers a web search query. Cross-encoders take none
         * @param scoring how a model that generates text scores
         * @param truncate whether a pair that is too long is cut; else it is an invalid request. Only cross-encoders can
         */
        record Rerank(List<String> documents, @Nullable String instruction, Scoring scoring, boolean truncate)
                implements Task {
            public Rerank {
                documents = List.copyOf(documents);
            }

            /** By the model's own way to score, with its own instruction. */
            public Rerank(List<String> documents) {
                this(documents, null, Scoring.YES_NO, false);
            }
        }

        /** How a model that generates text scores a document. */
        enum Scoring {
            /** The probability of "yes", beside "no", to the question whether it meets the query (Qwen3-Reranker). */
            YES_NO,
            /** The mean log-probability of the query's tokens behind it, -∞..0 (query likelihood; Sachan et al. 2022). */
            QUERY_LOGPROB
        }
    }

    /** A request with one thing to be changed. */
    private static final class Draft {
        private String id;
        private Prompt prompt;
        private Task task;
        private SamplingParams sampling;
        private List<List<Integer>> resumeFrom;
        private int priority;
        private @Nullable Instant deadline;
        private @Nullable String user;
        private @Nullable String model;
        private @Nullable String adapter;

        Draft(GenerationRequest from) {
            id = from.id;
            prompt = from.prompt;
            task = from.task;
            sampling = from.sampling;
            resumeFrom = from.resumeFrom;
            priority = from.priority;
            deadline = from.deadline;
            user = from.user;
            model = from.model;
            adapter = from.adapter;
        }

        GenerationRequest request() {
            return new GenerationRequest(
                    id, prompt, task, sampling, resumeFrom, priority, deadline, user, model, adapter);
        }
    }
}
