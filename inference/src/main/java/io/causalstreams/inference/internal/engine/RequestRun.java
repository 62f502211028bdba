package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.inference.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request on its way through the engine: its sequences, what they have in common, and its one end.
 *
 * <pre>
 *   OPEN ──► all choices complete / deadline ──► finished ──┐
 *     ├────► failed, engine closed ────────────► error ─────┼─► CLOSED (nothing is emitted any more)
 *     └────► cancelled ─────────────────────────────────────┘
 * </pre>
 *
 * <p>Threading: made on the submitter's thread, then engine thread only; beside a pass {@link BesidePass}'s.
 */
final class RequestRun {
    private static final Logger LOG = LoggerFactory.getLogger(RequestRun.class);

    private final TokenizedRequest request;
    private final GenerationListener listener;
    private final List<Sequence> sequences = new ArrayList<>();
    private final List<@Nullable TokenLogprob> promptScores = new ArrayList<>();
    private final Queue<Supplier<GenerationEvent.TokenChunk>> outbox = new ArrayDeque<>();
    private boolean textsWait;
    private int cachedTokens = -1;
    private boolean closed;
    private @Nullable GenerationException unshown;
    private @Nullable Long expiresNanos;

    RequestRun(TokenizedRequest request, ModelFacts model, GenerationListener listener) {
        this.request = request;
        this.listener = listener;
        this.promptScores.add(null);
        if (request.labels != null) {
            sequences.add(new ClassificationSequence(this, request.labels, model));
        } else {
            for (int choice = 0; choice < request.resumed.size(); choice++) {
                sequences.add(new GenerationSequence(this, choice, model));
            }
        }
    }

    TokenizedRequest request() {
        return request;
    }

    List<Sequence> sequences() {
        return sequences;
    }

    boolean isClosed() {
        return closed;
    }

    /** From now on its deadline is {@code left} away, whatever is done to the clock. Negative = it has passed. */
    void expiresIn(Duration left, long nowNanos) {
        long most = TimeUnit.DAYS.toSeconds(365);
        expiresNanos =
                nowNanos + TimeUnit.SECONDS.toNanos(Math.max(-1, Math.min(most, left.getSeconds()))) + left.getNano();
    }

    boolean isPastDeadline(long nowNanos) {
        return expiresNanos != null && nowNanos - expiresNanos >= 0;
    }

    /** Whether the first choice's slot holds the prompt, so that the others can copy it; or never will again. */
    boolean promptComputed() {
        Sequence first = sequences.get(0);
        return first.isComplete() || first.cachedLength() >= request.promptTokens.length;
    }

    /** Entries of the prompt's scores so far; the first token has none, its entry is null and always there. */
    int promptScores() {
        return promptScores.size();
    }

    boolean promptScored() {
        return promptScores.size() >= request.promptTokens.length;
    }

    void addPromptScore(TokenLogprob score) {
        promptScores.add(score);
    }

    /** The first choice was given a slot that already held {@code tokens} of the prompt. Only the first time counts. */
    void reused(int tokens) {
        if (cachedTokens < 0) {
            cachedTokens = tokens;
        }
    }

    /** From now on the texts of chunks are made when these are sent. */
    void letTextsWait() {
        textsWait = true;
    }

    /** Notes a chunk; {@link #flush} sends it. */
    void emit(Supplier<GenerationEvent.TokenChunk> chunk) {
        if (textsWait) {
            outbox.add(chunk);
        } else {
            GenerationEvent.TokenChunk made = chunk.get();
            outbox.add(() -> made);
        }
    }

    /** Sends what committed steps produced. After what cannot be shown nothing is left but the end. */
    void flush() {
        while (!closed && unshown == null && !outbox.isEmpty()) {
            GenerationEvent.TokenChunk chunk;
            try {
                chunk = outbox.remove().get();
            } catch (RuntimeException e) {
                unshown = new GenerationException.Failed(
                        "request " + request.id + ": its next token cannot be shown: " + e.getMessage(), e);
                return;
            }
            notifyListener(() -> listener.onTokens(chunk));
        }
    }

    /** Computes what the next tokens are chosen by, as far as that is known. */
    void prepareMasks() {
        if (!closed) {
            for (Sequence sequence : sequences) {
                if (sequence instanceof GenerationSequence generation) {
                    generation.prepareMask();
                }
            }
        }
    }

    /** Whether nothing is left but to {@link #finish}. */
    boolean isComplete() {
        return !closed && (unshown != null || sequences.stream().allMatch(Sequence::isComplete));
    }

    /** Ends the choices that are still running, keeping their text so far. */
    void endChoices(FinishReason reason) {
        flush();
        for (Sequence sequence : sequences) {
            if (sequence instanceof GenerationSequence generation) {
                generation.end(reason);
            }
        }
    }

    /** Sends the end. */
    void finish() {
        if (unshown != null) {
            fail(unshown);
        } else if (!closed) {
            closed = true;
            notifyListener(() -> listener.onFinished(finished()));
        }
    }

    void fail(GenerationException error) {
        if (!closed) {
            closed = true;
            notifyListener(() -> listener.onFailed(error));
        }
    }

    /** Nobody listens any more. */
    void cancel() {
        closed = true;
    }

    /** A listener that throws has left; it must not take the engine's thread along. */
    private void notifyListener(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.warn("request {}: its listener failed and is dropped", request.id, e);
            closed = true;
        }
    }

    private GenerationEvent.Finished finished() {
        List<GenerationEvent.Choice> choices = new ArrayList<>();
        @Nullable List<GenerationEvent.LabelScore> classification = null;
        int completionTokens = 0;
        for (Sequence sequence : sequences) {
            if (sequence instanceof GenerationSequence generation) {
                GenerationEvent.Choice choice = generation.result();
                completionTokens += choice.tokenIds().size();
                choices.add(choice);
            } else if (sequence instanceof ClassificationSequence labels) {
                boolean complete = labels.isComplete();
                classification = complete ? labels.result() : null;
                FinishReason reason = complete ? FinishReason.STOP : FinishReason.DEADLINE_EXCEEDED;
                choices.add(new GenerationEvent.Choice(0, "", List.of(), reason, null, null));
            }
        }
        return new GenerationEvent.Finished(
                choices,
                new Usage(request.promptTokens.length, completionTokens, Math.max(0, cachedTokens)),
                Arrays.stream(request.promptTokens).boxed().toList(),
                request.sampling.promptLogprobs() == null || !promptScored() ? null : promptScores,
                classification);
    }
}
