package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.AnswerReader;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.sampling.Logprobs;
import io.causalstreams.inference.internal.sampling.Sampler;
import io.causalstreams.inference.internal.sampling.TokenHistory;
import io.causalstreams.inference.internal.sampling.TokenStop;
import io.causalstreams.inference.internal.text.StreamingDetokenizer;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One choice of a generation. Its tokens are the prompt, then the resumed ones, then what it generates. */
final class GenerationSequence extends Sequence {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationSequence.class);

    private final TokenizedRequest request;
    private final int choice;
    private final Tokenizer tokenizer;
    private final Sampler sampler;
    private final TokenHistory history;
    private final TokenStop tokenStop;
    private final StreamingDetokenizer detokenizer;
    private final FormTrail trail;
    private final AnswerReader answer;
    private final StringBuilder text = new StringBuilder();
    private final List<AnswerPart> parts = new ArrayList<>();
    private final List<TokenLogprob> completionLogprobs = new ArrayList<>();
    private final boolean scoresPrompt;
    private final int scoringChunk;
    private final PromptLookup lookup = new PromptLookup();

    private int[] tokens;
    private int length;
    private boolean decoding;
    private boolean passDone;
    private TokenConstraint.@Nullable State constraint;
    private TokenStop.@Nullable Stop end;

    GenerationSequence(RequestRun run, int choice, ModelFacts model) {
        super(run);
        this.request = run.request();
        this.choice = choice;
        this.tokenizer = model.tokenizer();
        SamplingParams sampling = request.sampling;
        this.sampler = new Sampler(sampling, request.seed, choice, model.eosTokenIds(), model.sampleableTokens());
        this.history = new TokenHistory(request.promptTokens);
        this.tokenStop = new TokenStop(sampling, model.eosTokenIds(), request.maxTokens);
        this.detokenizer = new StreamingDetokenizer(
                        tokenizer,
                        request.stops,
                        sampling.includeStopStrInOutput(),
                        sampling.minTokens(),
                        request.answer.shownTokens())
                .endingOnlyAt(this::mayEndAt);
        this.trail = new FormTrail(tokenizer, request.stops.longest());
        this.answer = request.answer.reader();
        this.constraint = request.constraint == null ? null : request.constraint.start();
        this.scoresPrompt = choice == 0 && sampling.promptLogprobs() != null;
        this.scoringChunk = model.scoringChunkTokens();
        this.length = request.promptTokens.length;
        this.tokens = Arrays.copyOf(request.promptTokens, length + 16);
        if (request.maxTokens == 0) {
            end = new TokenStop.Stop(FinishReason.LENGTH, null);
        }
        for (int token : request.resumed.get(choice)) {
            if (end == null) {
                show(append(token));
            }
        }
    }

    @Override
    public int pendingTokens() {
        return decoding ? 0 : target() - cachedLength();
    }

    @Override
    public int chunkLimit() {
        return firstUnscored() < scoringEnd() ? scoringChunk : Integer.MAX_VALUE;
    }

    @Override
    long backlogTokens() {
        if (isComplete()) {
            return 0;
        }
        long generated = end == null ? request.maxTokens - history.completionLength() : 0;
        return (decoding ? 0 : target() - cachedLength()) + generated;
    }

    @Override
    long mostTokens() {
        return (long) request.promptTokens.length + request.maxTokens;
    }

    @Override
    Chunk nextChunk(int limit) {
        int from = cachedLength();
        int to = Math.min(target(), from + limit);
        LogitsWanted wanted = to == length ? LogitsWanted.LAST : LogitsWanted.NONE;
        if (firstUnscored() < Math.min(to, scoringEnd())) {
            wanted = LogitsWanted.ALL;
        }
        return new Chunk(Arrays.copyOfRange(tokens, from, to), from, wanted);
    }

    @Override
    int decodeInput() {
        return tokens[length - 1];
    }

    @Override
    SequenceOutcome evaluate(Chunk chunk, Logits logits, int lastRow) {
        List<TokenLogprob> scores = new ArrayList<>();
        if (chunk.wanted == LogitsWanted.ALL) {
            int end = Math.min(chunk.end(), scoringEnd());
            for (int position = firstUnscored(); position < end; position++) {
                int next = position + 1;
                int alternatives = alternativesAt(next);
                scores.add(Logprobs.of(logits, position - chunk.pastLength, tokens[next], alternatives, tokenizer));
            }
        }
        if (chunk.end() < length || end != null) {
            return new SequenceOutcome.Advanced(chunk.end(), scores, List.of(), 0);
        }
        return new SequenceOutcome.Advanced(chunk.end(), scores, List.of(sample(logits, lastRow)), 0);
    }

    /**
     * Tokens that may come next, at most {@code most}; empty when guessing is not worth it or not allowed. Only where the
     * choice of a token depends on its logits alone is a guess that turns out right the token itself.
     */
    int[] guess(int most) {
        SamplingParams sampling = request.sampling;
        boolean logitsAlone = sampling.temperature() == 0
                && constraint == null
                && sampling.repetitionPenalty() == 1
                && sampling.presencePenalty() == 0
                && sampling.frequencyPenalty() == 0
                && history.completionLength() >= sampling.minTokens();
        int room = request.maxTokens - history.completionLength() - 1;
        return logitsAlone && decoding ? lookup.propose(tokens, length, Math.min(most, room)) : new int[0];
    }

    /**
     * Reads the pass over the last token and a guess behind it: the model's token for each position up to and including
     * the first that was guessed wrong.
     */
    SequenceOutcome verify(Chunk chunk, Logits logits) {
        List<SequenceOutcome.SampledToken> sampled = new ArrayList<>();
        for (int row = 0; row < chunk.tokens.length; row++) {
            SequenceOutcome.SampledToken next = sample(logits, row);
            sampled.add(next);
            if (row + 1 < chunk.tokens.length && next.tokenId() != chunk.tokens[row + 1]) {
                break;
            }
        }
        return new SequenceOutcome.Advanced(
                chunk.pastLength + sampled.size(), List.of(), sampled, chunk.tokens.length - 1);
    }

    @Override
    void commit(SequenceOutcome outcome) {
        SequenceOutcome.Advanced advanced = (SequenceOutcome.Advanced) outcome;
        for (TokenLogprob score : advanced.scores()) {
            if (scoresPrompt && !run().promptScored()) {
                run().addPromptScore(score);
            } else {
                completionLogprobs.add(score);
            }
        }
        setCachedLength(advanced.cachedLength());
        passDone = end != null && cachedLength() >= target();
        if (advanced.guessed() > 0) {
            lookup.learn(advanced.sampled().size() - 1);
        }
        for (SequenceOutcome.SampledToken sampled : advanced.sampled()) {
            if (end != null) {
                break;
            }
            decoding = true;
            if (sampled.logprob() != null) {
                completionLogprobs.add(sampled.logprob());
            }
            int index = history.completionLength();
            Appended appended = append(sampled.tokenId());
            run().emit(() -> chunk(index, sampled, show(appended)));
        }
        // A guess may have gone on behind the token that ended the choice.
        setCachedLength(Math.min(cachedLength(), length - 1));
    }

    private GenerationEvent.TokenChunk chunk(int index, SequenceOutcome.SampledToken sampled, Delta delta) {
        return new GenerationEvent.TokenChunk(
                choice,
                index,
                List.of(sampled.tokenId()),
                delta.text(),
                sampled.logprob() == null ? null : List.of(sampled.logprob()),
                delta.parts());
    }

    /** Computes which tokens may come next; what fails here fails again where one is chosen. */
    void prepareMask() {
        if (constraint != null && end == null && isConstraintReady()) {
            try {
                constraint.allowed();
            } catch (RuntimeException e) {
                LOG.debug("request {}: no mask: {}", request.id, e.getMessage());
            }
        }
    }

    @Override
    boolean isComplete() {
        return end != null && (passDone || !needsPass());
    }

    @Override
    boolean isEligible() {
        return super.isEligible() && isConstraintReady() && (choice == 0 || run().promptComputed());
    }

    /** Before it is, a resumed choice follows its tokens without asking what they mean to its constraint. */
    private boolean isConstraintReady() {
        return request.constraint == null || request.constraint.isReady();
    }

    @Override
    int[] cacheTokens() {
        return tokens;
    }

    @Override
    int reusableTokens() {
        return Math.min(firstUnscored(), target() - 1);
    }

    @Override
    void onAdmitted(int reused) {
        if (choice == 0) {
            run().reused(Math.min(reused, request.promptTokens.length));
        }
    }

    @Override
    void onSlotLost() {
        decoding = false;
    }

    /** Ends an unfinished choice from outside, with what it has shown. */
    void end(FinishReason reason) {
        if (!isComplete()) {
            end = new TokenStop.Stop(reason, null);
        }
    }

    /** Prompt and completion tokens known so far. */
    int length() {
        return length;
    }

    /** The choice as it stands. */
    GenerationEvent.Choice result() {
        TokenStop.Stop stop = end == null ? new TokenStop.Stop(FinishReason.ERROR, null) : end;
        return new GenerationEvent.Choice(
                choice,
                text.toString(),
                Arrays.stream(history.completionTokens()).boxed().toList(),
                stop.finishReason(),
                stop.stopReason(),
                request.sampling.logprobs() == null ? null : completionLogprobs,
                AnswerPart.joined(parts));
    }

    private SequenceOutcome.SampledToken sample(Logits logits, int row) {
        int token = sampler.sample(logits, row, history, constraint);
        Integer alternatives = request.sampling.logprobs();
        return new SequenceOutcome.SampledToken(
                token,
                alternatives == null
                        ? null
                        : Logprobs.of(logits, row, token, alternatives, tokenizer, detokenizer::bytes));
    }

    /** What may be shown with a token. */
    private record Delta(String text, List<AnswerPart> parts) {}

    /**
     * A token of the completion whose text has not been read.
     *
     * @param text what it adds to the text, where that was needed to see whether it ends; else null
     * @param shown whether it is part of the text
     * @param last whether it ends the choice
     */
    private record Appended(int token, @Nullable String text, boolean shown, boolean last) {}

    /** Appends a token to everything that decides how the completion goes on. */
    private Appended append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length * 2);
        }
        tokens[length++] = token;
        history.append(token);
        if (constraint != null && !request.sampling.stop().isEmpty()) {
            trail.add(new FormTrail.Step(
                    constraint,
                    token,
                    detokenizer.bytes(token),
                    detokenizer.symbols(),
                    detokenizer.isInsideCharacter()));
        }
        end = tokenStop.after(token, history.completionLength(), constraint);
        boolean stopToken = end != null && end.finishReason() == FinishReason.STOP;
        boolean shown = !stopToken || request.sampling.includeStopStrInOutput() || request.stops.name(token);
        String text = null;
        if (shown && !request.stops.isEmpty()) {
            text = detokenizer.append(token);
            String matched = detokenizer.matchedStop();
            if (matched != null) {
                end = new TokenStop.Stop(FinishReason.STOP, matched);
            }
        }
        if (constraint != null && (end == null || end.finishReason() == FinishReason.LENGTH)) {
            constraint = constraint.after(token);
            // A text to which nothing can be added is not cut, even if its last token is the last that was asked for.
            if (isConstraintReady()
                    && constraint.accepting()
                    && constraint.allowed().isEmpty()) {
                end = new TokenStop.Stop(FinishReason.STOP, null);
            }
        }
        return new Appended(token, text, shown, end != null);
    }

    /** Reads the text of a token, of each in order. */
    private Delta show(Appended appended) {
        String delta = appended.text();
        if (delta == null) {
            delta = appended.shown() ? detokenizer.append(appended.token()) : "";
        }
        if (appended.last()) {
            delta += detokenizer.finish();
        }
        text.append(delta);
        List<AnswerPart> read = new ArrayList<>(answer.accept(delta));
        if (appended.last()) {
            read.addAll(answer.finish());
        }
        parts.addAll(read);
        return new Delta(delta, AnswerPart.joined(read));
    }

    /** Whether the form of the choice lets a stop string end it at a place of its text. */
    private boolean mayEndAt(int place) {
        boolean endsByToken = end != null && end.finishReason() == FinishReason.STOP;
        return constraint == null || endsByToken || trail.isComplete(place);
    }

    /** Tokens that have to go through the model: of an ended choice nobody asks what follows the last. */
    private int target() {
        return end == null ? length : length - 1;
    }

    /** Whether an ended choice has something to compute: a prompt to score or to keep, or logprobs of resumed tokens. */
    private boolean needsPass() {
        return (request.maxTokens == 0 && choice == 0 && length > 1) || firstUnscored() < scoringEnd();
    }

    /** The first position whose next token is known and has yet to be scored; {@code MAX_VALUE} = none. */
    private int firstUnscored() {
        if (scoresPrompt && !run().promptScored()) {
            return run().promptScores() - 1;
        }
        if (request.sampling.logprobs() != null && completionLogprobs.size() < history.completionLength()) {
            return request.promptTokens.length - 1 + completionLogprobs.size();
        }
        return Integer.MAX_VALUE;
    }

    /** Positions from here on have no next token to score. */
    private int scoringEnd() {
        return request.sampling.logprobs() == null ? request.promptTokens.length - 1 : length - 1;
    }

    private int alternativesAt(int position) {
        Integer alternatives = position < request.promptTokens.length
                ? request.sampling.promptLogprobs()
                : request.sampling.logprobs();
        return alternatives == null ? 0 : alternatives;
    }
}
