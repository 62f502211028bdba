package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.internal.engine.TokenizedRequest.Label;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.sampling.Logprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores labels as continuations of one prompt: the prompt is computed once, then each label's tokens are laid behind it
 * in the same slot, one after the other, and read in a teacher-forced pass.
 *
 * <p>The logits behind the prompt score every label's first token; a label of m tokens needs a pass of m - 1 tokens for
 * the others. Nothing is sampled, so there is no decode step.
 */
final class ClassificationSequence extends Sequence {
    private final TokenizedRequest request;
    private final List<Label> labels;
    private final double[] logprobs;
    private final int scoringChunk;
    private boolean promptDone;
    private int label;
    private int scored;
    private double scoredLogprob;

    ClassificationSequence(RequestRun run, List<Label> labels, ModelFacts model) {
        super(run);
        this.request = run.request();
        this.labels = labels;
        this.logprobs = new double[labels.size()];
        this.scoringChunk = model.scoringChunkTokens();
    }

    @Override
    public int pendingTokens() {
        int pending = request.promptTokens.length - cachedLength();
        for (int i = label; i < labels.size(); i++) {
            pending += labels.get(i).tokens.length - 1 - (i == label ? scored : 0);
        }
        return pending;
    }

    @Override
    public int chunkLimit() {
        return cachedLength() < request.promptTokens.length ? Integer.MAX_VALUE : scoringChunk;
    }

    @Override
    long backlogTokens() {
        return isComplete() ? 0 : pendingTokens();
    }

    @Override
    long mostTokens() {
        int longest =
                labels.stream().mapToInt(label -> label.tokens.length).max().orElse(0);
        return (long) request.promptTokens.length + longest;
    }

    @Override
    Chunk nextChunk(int limit) {
        int promptLength = request.promptTokens.length;
        if (cachedLength() < promptLength) {
            int to = Math.min(promptLength, cachedLength() + limit);
            LogitsWanted wanted = to == promptLength && !promptDone ? LogitsWanted.LAST : LogitsWanted.NONE;
            return new Chunk(Arrays.copyOfRange(request.promptTokens, cachedLength(), to), cachedLength(), wanted);
        }
        int[] tokens = labels.get(label).tokens;
        int to = Math.min(tokens.length - 1, scored + limit);
        return new Chunk(Arrays.copyOfRange(tokens, scored, to), promptLength + scored, LogitsWanted.ALL);
    }

    @Override
    int decodeInput() {
        throw new IllegalStateException("a classification never decodes");
    }

    @Override
    SequenceOutcome evaluate(Chunk chunk, Logits logits, int lastRow) {
        int promptLength = request.promptTokens.length;
        if (chunk.pastLength < promptLength) {
            List<Double> first = new ArrayList<>();
            if (chunk.wanted == LogitsWanted.LAST) {
                for (Label each : labels) {
                    first.add(Logprobs.logprob(logits, lastRow, each.tokens[0]));
                }
            }
            return new SequenceOutcome.Scored(chunk.end(), first, 0, 0);
        }
        int[] tokens = labels.get(label).tokens;
        double sum = 0;
        for (int row = 0; row < chunk.tokens.length; row++) {
            sum += Logprobs.logprob(logits, row, tokens[scored + row + 1]);
        }
        return new SequenceOutcome.Scored(promptLength, List.of(), chunk.tokens.length, sum);
    }

    @Override
    void commit(SequenceOutcome outcome) {
        SequenceOutcome.Scored result = (SequenceOutcome.Scored) outcome;
        setCachedLength(result.cachedLength());
        if (!result.firstLogprobs().isEmpty()) {
            promptDone = true;
            for (int i = 0; i < logprobs.length; i++) {
                logprobs[i] += result.firstLogprobs().get(i);
            }
        }
        if (result.labelTokens() > 0) {
            scored += result.labelTokens();
            scoredLogprob += result.labelLogprob();
        }
        while (promptDone && label < labels.size() && scored == labels.get(label).tokens.length - 1) {
            logprobs[label] += scoredLogprob;
            label++;
            restartLabel();
        }
    }

    @Override
    boolean isComplete() {
        return label == labels.size();
    }

    @Override
    int[] cacheTokens() {
        return request.promptTokens;
    }

    @Override
    int reusableTokens() {
        return promptDone ? request.promptTokens.length : request.promptTokens.length - 1;
    }

    @Override
    void onAdmitted(int reused) {
        run().reused(reused);
    }

    /** A label's tokens lie behind what the slot accounts for, so they are lost with it. */
    @Override
    void onSlotLost() {
        restartLabel();
    }

    /** The scores, in the order of the labels. */
    List<GenerationEvent.LabelScore> result() {
        double max = Arrays.stream(logprobs).max().orElseThrow();
        double sum = Arrays.stream(logprobs).map(value -> Math.exp(value - max)).sum();
        List<GenerationEvent.LabelScore> scores = new ArrayList<>();
        for (int i = 0; i < logprobs.length; i++) {
            scores.add(
                    new GenerationEvent.LabelScore(labels.get(i).text, logprobs[i], Math.exp(logprobs[i] - max) / sum));
        }
        return scores;
    }

    private void restartLabel() {
        scored = 0;
        scoredLogprob = 0;
    }
}
