package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.model.AdapterWeights;
import io.causalstreams.inference.internal.text.StopStrings;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A request whose prompt is tokens and whose parameters were checked against the model. Immutable by agreement: nobody
 * writes into its arrays.
 */
final class TokenizedRequest implements PreparedRequest {
    /** Of the engine that is to run it. */
    final Vocabulary vocabulary;

    final GenerationRequest request;
    final String id;
    final SamplingParams sampling;
    final int priority;
    final @Nullable Instant deadline;
    final String user;

    final int[] promptTokens;
    final AnswerForm answer;
    final StopStrings stops;
    /** Most tokens of one choice: what was asked for, or what the context has left. */
    final int maxTokens;

    final long seed;
    final @Nullable TokenConstraint constraint;
    /** What its tokens are computed with beside the model, or null. */
    final @Nullable AdapterWeights adapter;

    /** Labels to score instead of generating; null for a generation. */
    final @Nullable List<Label> labels;

    /** Per choice the tokens generated before; as many entries as choices. */
    final List<int[]> resumed;

    /** @throws GenerationException.Invalid if the tokens to resume from are none of the model's */
    TokenizedRequest(
            Vocabulary vocabulary,
            GenerationRequest request,
            int[] promptTokens,
            AnswerForm answer,
            StopStrings stops,
            int maxTokens,
            long seed,
            @Nullable TokenConstraint constraint,
            @Nullable AdapterWeights adapter,
            @Nullable List<Label> labels) {
        this.vocabulary = vocabulary;
        this.request = request;
        this.id = request.id();
        this.sampling = request.sampling();
        this.priority = request.priority();
        this.deadline = request.deadline();
        this.user = Objects.requireNonNullElse(request.user(), "");
        this.promptTokens = promptTokens;
        this.answer = answer;
        this.stops = stops;
        this.maxTokens = maxTokens;
        this.seed = seed;
        this.constraint = constraint;
        this.adapter = adapter;
        this.labels = labels == null ? null : List.copyOf(labels);
        this.resumed = vocabulary.resumed(request);
    }

    @Override
    public GenerationRequest request() {
        return request;
    }

    @Override
    public int promptTokens() {
        return promptTokens.length;
    }

    @Override
    public List<Integer> promptTokenIds() {
        return IntStream.of(promptTokens).boxed().toList();
    }

    @Override
    public TokenizedRequest resumedFrom(List<List<Integer>> tokens) {
        return of(request.resumedFrom(tokens));
    }

    @Override
    public TokenizedRequest withDeadline(@Nullable Instant other) {
        return of(request.withDeadline(other));
    }

    /** The same prompt, parameters and labels of a request that differs in nothing that was read from it. */
    private TokenizedRequest of(GenerationRequest other) {
        return new TokenizedRequest(
                vocabulary, other, promptTokens, answer, stops, maxTokens, seed, constraint, adapter, labels);
    }

    /** A label and its tokens as a continuation of the prompt, at least one. */
    static final class Label {
        final String text;
        final int[] tokens;

        Label(String text, int[] tokens) {
            this.text = text;
            this.tokens = tokens;
        }
    }
}
