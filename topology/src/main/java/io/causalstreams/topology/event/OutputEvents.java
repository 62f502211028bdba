package io.causalstreams.topology.event;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.TokenLogprob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Builds the output events of one request from what the engine reports.
 *
 * @param id the request's id
 * @param shape chat or text completion
 * @param returnTokenIds whether events carry token ids
 * @param created unix seconds of the prompt; a fact of the prompt, so that a replay gives the same bytes
 * @param model facts of the engine's model
 * @param topN documents of a ranking to tell, the best; null = all
 * @param adapterVersion digest of the adapter that answers; null = not known, or none
 */
public record OutputEvents(
        String id,
        Shape shape,
        boolean returnTokenIds,
        long created,
        ModelInfo model,
        @Nullable Integer topN,
        @Nullable String adapterVersion) {

    /** Why a choice ended that calls tools. */
    private static final String TOOL_CALLS = "tool_calls";

    /** Of a request that ranks nothing, or of which all is told. */
    public OutputEvents(String id, Shape shape, boolean returnTokenIds, long created, ModelInfo model) {
        this(id, shape, returnTokenIds, created, model, null, null);
    }

    /** Whose body the events have. */
    public enum Shape {
        CHAT,
        TEXT
    }

    /** The events of a valid prompt. */
    public static OutputEvents of(PromptEvent prompt, String id, long createdSeconds, ModelInfo model) {
        return new OutputEvents(
                id, prompt.shape(), prompt.returnTokenIds(), createdSeconds, named(prompt, model), prompt.topN(), null);
    }

    /**
     * The same of a version of an adapter.
     *
     * @param base facts of the model without it
     * @param name the adapter's
     * @param version its digest; null = the model alone answers
     */
    public OutputEvents withAdapter(ModelInfo base, String name, @Nullable String version) {
        ModelInfo answering = version == null ? base : base.withName(base.name() + ":" + name);
        return new OutputEvents(id, shape, returnTokenIds, created, answering, topN, version);
    }

    /** The model under the name that tells its adapter, where it has one. */
    private static ModelInfo named(PromptEvent prompt, ModelInfo model) {
        String asked = prompt.model();
        if (prompt.adapter() != null) {
            return model.withName(model.name() + ":" + prompt.adapter());
        }
        return asked != null && asked.startsWith(model.name() + ":") ? model.withName(asked) : model;
    }

    /**
     * The event of a chunk.
     *
     * @param textOffset characters (code points) that begin in the choice's tokens before this chunk
     */
    public TokenEvent token(GenerationEvent.TokenChunk chunk, int textOffset) {
        boolean chat = shape == Shape.CHAT;
        TokenEvent.Choice choice = new TokenEvent.Choice(
                chunk.choice(),
                chat ? ChatAnswer.of(chunk.parts()).delta(id, chunk.choice(), chunk.tokenIndex() == 0) : null,
                chat ? null : chunk.text(),
                chunk.tokenIndex(),
                chunk.tokenIds().size(),
                returnTokenIds ? chunk.tokenIds() : null,
                logprobs(chunk.logprobs(), textOffset),
                null);
        return new TokenEvent(
                id, chat ? "chat.completion.chunk" : "text_completion", created, model.name(), List.of(choice));
    }

    /** The completion of a request the engine has ended. A passed deadline is reported as an error too. */
    public CompletionEvent completion(GenerationEvent.Finished finished) {
        List<@Nullable Map<String, PromptLogprob>> promptLogprobs =
                finished.promptLogprobs() == null ? null : PromptLogprob.of(finished.promptLogprobs());
        List<CompletionEvent.Choice> choices = new ArrayList<>();
        for (GenerationEvent.Choice choice : finished.choices()) {
            choices.add(choice(
                    choice.index(),
                    choice.text(),
                    choice.parts(),
                    choice.finishReason(),
                    logprobs(choice.logprobs(), 0),
                    promptLogprobs,
                    choice.tokenIds(),
                    choice.stopReason()));
        }
        return new CompletionEvent(
                id,
                object(),
                created,
                model.name(),
                choices,
                CompletionEvent.Usage.of(
                        finished.usage().promptTokens(),
                        finished.usage().completionTokens(),
                        finished.usage().cachedTokens()),
                model.fingerprint(),
                returnTokenIds ? finished.promptTokenIds() : null,
                labels(finished.classification()),
                failureOf(id, finished.choices()),
                finished.embedding(),
                ranking(finished.ranking()),
                adapterVersion);
    }

    /** The completion of a request that asks what another has asked before. */
    public CompletionEvent again(CompletionEvent known) {
        return new CompletionEvent(
                id,
                known.object(),
                created,
                known.model(),
                known.choices(),
                known.usage(),
                known.systemFingerprint(),
                known.promptTokenIds(),
                known.classification(),
                known.error(),
                known.embedding(),
                known.ranking(),
                known.adapterVersion());
    }

    /**
     * The completion of a request that has no whole answer.
     *
     * @param reason {@code ERROR}, {@code CANCELLED} or {@code DEADLINE_EXCEEDED}
     * @param partial what was published of each choice; may be empty, then there is one empty choice
     * @param promptTokens tokens of the prompt, 0 when it cannot be made into tokens
     */
    public CompletionEvent failure(
            CompletionEvent.Failure failure, FinishReason reason, List<Partial> partial, int promptTokens) {
        List<Partial> choicesOrOne = partial.isEmpty() ? List.of(Partial.EMPTY) : partial;
        List<CompletionEvent.Choice> choices = new ArrayList<>();
        int completionTokens = 0;
        for (int index = 0; index < choicesOrOne.size(); index++) {
            Partial choice = choicesOrOne.get(index);
            completionTokens += choice.tokenIds().size();
            choices.add(choice(
                    index,
                    choice.text(),
                    choice.parts(),
                    reason,
                    logprobs(choice.logprobs(), 0),
                    null,
                    choice.tokenIds(),
                    null));
        }
        return new CompletionEvent(
                id,
                object(),
                created,
                model.name(),
                choices,
                CompletionEvent.Usage.of(promptTokens, completionTokens, 0),
                model.fingerprint(),
                null,
                null,
                failure,
                null,
                null,
                adapterVersion);
    }

    /** What was published of a choice before its request ended early. */
    public record Partial(
            String text, List<Integer> tokenIds, @Nullable List<TokenLogprob> logprobs, List<AnswerPart> parts) {
        static final Partial EMPTY = new Partial("", List.of(), null);

        public Partial {
            tokenIds = List.copyOf(tokenIds);
            parts = List.copyOf(parts);
        }

        /** Of an answer that is nothing but text. */
        public Partial(String text, List<Integer> tokenIds, @Nullable List<TokenLogprob> logprobs) {
            this(text, tokenIds, logprobs, AnswerPart.ofText(text));
        }
    }

    private CompletionEvent.Choice choice(
            int index,
            String text,
            List<AnswerPart> parts,
            FinishReason reason,
            @Nullable Logprobs logprobs,
            @Nullable List<@Nullable Map<String, PromptLogprob>> promptLogprobs,
            List<Integer> tokenIds,
            @Nullable Object stopReason) {
        boolean chat = shape == Shape.CHAT;
        CompletionEvent.Message message = chat ? ChatAnswer.of(parts).message(id, index) : null;
        boolean calls = message != null && message.toolCalls() != null && reason == FinishReason.STOP;
        return new CompletionEvent.Choice(
                index,
                message,
                chat ? null : text,
                calls ? TOOL_CALLS : reason.wireName(),
                logprobs,
                promptLogprobs,
                returnTokenIds ? tokenIds : null,
                stopReason);
    }

    private String object() {
        return shape == Shape.CHAT ? "chat.completion" : "text_completion";
    }

    private @Nullable Logprobs logprobs(@Nullable List<TokenLogprob> tokens, int textOffset) {
        if (tokens == null) {
            return null;
        }
        return shape == Shape.CHAT ? Logprobs.chat(tokens) : Logprobs.text(tokens, textOffset);
    }

    private static @Nullable List<CompletionEvent.Label> labels(@Nullable List<GenerationEvent.LabelScore> scores) {
        return scores == null
                ? null
                : scores.stream()
                        .map(each -> new CompletionEvent.Label(
                                each.label(), each.probability(), Logprobs.finite(each.logprob())))
                        .toList();
    }

    /** Documents of equal scores stay in the request's order. */
    private @Nullable List<CompletionEvent.Ranked> ranking(@Nullable List<Double> scores) {
        return scores == null
                ? null
                : IntStream.range(0, scores.size())
                        .mapToObj(index -> new CompletionEvent.Ranked(index, scores.get(index)))
                        .sorted(Comparator.comparingDouble(CompletionEvent.Ranked::relevanceScore)
                                .reversed())
                        .limit(topN == null ? scores.size() : topN)
                        .toList();
    }

    /** The error of a request the engine has ended; null when every choice came to its own end. */
    public static CompletionEvent.@Nullable Failure failureOf(String id, List<GenerationEvent.Choice> choices) {
        ErrorCode code = ErrorCode.of(choices);
        if (code == null) {
            return null;
        }
        String request = "request " + id + ": ";
        return switch (code) {
            case DEADLINE_EXCEEDED -> new CompletionEvent.Failure(code, request + "its deadline passed", "deadline");
            case CANCELLED -> new CompletionEvent.Failure(code, request + "it was cancelled", null);
            default -> new CompletionEvent.Failure(code, request + "the model failed on it", null);
        };
    }
}
