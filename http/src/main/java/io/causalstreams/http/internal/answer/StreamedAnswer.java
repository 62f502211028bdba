package io.causalstreams.http.internal.answer;

import io.causalstreams.http.internal.kafka.Output;
import io.causalstreams.http.internal.kafka.OutputListener;
import io.causalstreams.http.internal.kafka.Replays;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.TokenEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What one client is told of an answer, as server-sent events: every token once, in order, whatever order the topics are
 * read in.
 *
 * <pre>
 *   live   ──► behind what was told? drop.  next? tell.  ahead? hold, and have what is between replayed
 *   replay ──►                                           (it came before this client did)
 *   completion ──► tell the end when the tokens that it counts were told
 * </pre>
 *
 * <p>Threading: outputs come on two threads, the client reads on a third; a lock is held for no I/O. A client that does not
 * read as fast as tokens come has {@value #MOST_UNREAD} events waiting at most; then its line is cut, and it may resume.
 */
public final class StreamedAnswer implements OutputListener, Replays.Listener {
    static final int MOST_UNREAD = 1024;

    private static final long MOST_WAIT_FOR_CLIENT_MILLIS = 30_000;
    private static final Duration OTHER_TOPIC = Duration.ofMillis(300);
    /** Replays that began after the end; tokens that are in none of them are no longer in their topic. */
    private static final int MOST_REPLAYS_OF_ALL = 2;

    private final String request;
    private final boolean withUsage;
    private final Consumer<StreamedAnswer> askReplay;
    private final Queue<byte[]> unread = new ArrayBlockingQueue<>(MOST_UNREAD);
    private final Sinks.Many<byte[]> events = Sinks.many().unicast().onBackpressureBuffer(unread);
    private final Sinks.Empty<Void> begun = Sinks.empty();
    private final Sinks.Empty<byte[]> cut = Sinks.empty();

    // guarded by this
    private final Positions told;
    private final boolean resumed;
    private final int toldBefore;
    private final ArrayDeque<Output.Tokens> ahead = new ArrayDeque<>();
    private @Nullable CompletionEvent completion;
    private long createdSeconds;
    private boolean replaying;
    private boolean replayed;
    private int replaysOfAll;
    private boolean foundSomething;
    private boolean ended;

    private StreamedAnswer(
            String request,
            List<Integer> told,
            long createdSeconds,
            boolean withUsage,
            Consumer<StreamedAnswer> askReplay) {
        this.request = request;
        this.told = new Positions(told);
        this.toldBefore = this.told.sum();
        this.resumed = createdSeconds > 0;
        this.createdSeconds = createdSeconds;
        this.withUsage = withUsage;
        this.askReplay = askReplay;
    }

    /**
     * An answer from its beginning.
     *
     * @param withUsage whether the last chunk tells the tokens that were used
     * @param askReplay starts a replay of this answer; called with a lock held
     */
    public static StreamedAnswer of(String request, boolean withUsage, Consumer<StreamedAnswer> askReplay) {
        return new StreamedAnswer(request, List.of(), 0, withUsage, askReplay);
    }

    /** An answer behind an event of it that the client has. */
    public static StreamedAnswer behind(EventId last, boolean withUsage, Consumer<StreamedAnswer> askReplay) {
        return new StreamedAnswer(last.request(), last.positions(), last.createdSeconds(), withUsage, askReplay);
    }

    public String request() {
        return request;
    }

    /** Unix seconds of the prompt, as far as it is known: when a replay is asked for. */
    public synchronized long createdSeconds() {
        return createdSeconds;
    }

    /** Empty when there is something to be read; an {@link ApiException} if the first thing to tell is that. */
    public Mono<Void> begun() {
        return begun.asMono();
    }

    /** The events, for one subscriber. An error means: cut the line. */
    public Flux<byte[]> events() {
        return events.asFlux().takeUntilOther(cut.asMono());
    }

    /** Tells that there is nothing to tell yet. */
    public synchronized void waiting() {
        if (!ended) {
            emit(Sse.WAITING);
        }
    }

    /** Tokens that count for the client: of the prompt, once its end is known, and of what was told; not again on resuming. */
    public synchronized int tokensUsed() {
        return completion == null || resumed
                ? told.sum() - toldBefore
                : completion.usage().totalTokens();
    }

    /** Whether the end was told. */
    public synchronized boolean hasEnded() {
        return ended;
    }

    /** Whether the client knows an event that it can resume behind. */
    public synchronized boolean canBeResumed() {
        return told.sum() > 0;
    }

    @Override
    public boolean wantsTokens() {
        return true;
    }

    @Override
    public synchronized void onOutput(Output output) {
        if (ended) {
            return;
        }
        foundSomething = true;
        if (output instanceof Output.Tokens tokens) {
            onTokens(tokens);
        } else if (output instanceof Output.Completion end) {
            onCompletion(end.event());
        } else if (output instanceof Output.DeadLetter letter) {
            later(() -> end(ApiException.invalidField(null, letter.reason())));
        }
        tellEnd();
    }

    /** Tokens that it counts and that do not follow soon came before this client did. */
    private void onCompletion(CompletionEvent end) {
        completion = end;
        createdSeconds = end.created();
        if (!isWhole(end)) {
            later(this::replay);
        }
    }

    /** What is of one transaction is read from its topics one after the other. */
    private static void later(Runnable task) {
        var unused = Mono.delay(OTHER_TOPIC).subscribe(after -> task.run());
    }

    /** Has what is behind the client's last event told. */
    public synchronized void replay() {
        boolean needed = completion == null ? !replayed : !isWhole(completion);
        if (!ended && !replaying && needed) {
            replaying = true;
            replaysOfAll += completion == null ? 0 : 1;
            askReplay.accept(this);
        }
    }

    private void onTokens(Output.Tokens tokens) {
        TokenEvent.Choice choice = tokens.choice();
        int next = told.next(choice.index());
        if (choice.tokenIndex() < next) {
            return;
        }
        createdSeconds = tokens.event().created();
        if (choice.tokenIndex() > next) {
            hold(tokens);
        } else {
            tell(tokens);
            tellHeld();
        }
    }

    private void hold(Output.Tokens tokens) {
        if (replayed) {
            tokensGone();
        } else if (ahead.size() == MOST_UNREAD) {
            cut();
        } else {
            ahead.add(tokens);
            replay();
        }
    }

    /** Those of a choice are held in their order. */
    private void tellHeld() {
        ahead.removeIf(held -> {
            int next = told.next(held.choice().index());
            if (held.choice().tokenIndex() == next) {
                tell(held);
            }
            return held.choice().tokenIndex() <= next;
        });
    }

    private void tell(Output.Tokens tokens) {
        TokenEvent.Choice choice = tokens.choice();
        told.advance(choice.index(), choice.tokenIndex() + choice.tokenCount());
        emit(Sse.event(new EventId(told.toList(), createdSeconds, request), tokens.json()));
    }

    /** Tells the end when all before it was told. */
    private void tellEnd() {
        CompletionEvent end = completion;
        if (ended || end == null) {
            return;
        }
        if (isWhole(end)) {
            tell(end, false);
        } else if (!replaying && replaysOfAll == MOST_REPLAYS_OF_ALL) {
            if (told.sum() == 0 || end.error() != null) {
                tell(end, true);
            } else {
                tokensGone();
            }
        }
    }

    private void tokensGone() {
        end(ApiException.invalid(410, "tokens_gone", "tokens of the answer are no longer in their topic"));
    }

    /** A request that failed may have no tokens, or some. */
    private boolean isWhole(CompletionEvent end) {
        return told.sum() >= end.usage().completionTokens();
    }

    private void tell(CompletionEvent end, boolean whole) {
        if (end.error() != null) {
            end(ApiException.of(end.error()));
            return;
        }
        for (CompletionEvent.Choice choice : end.choices()) {
            emit(Sse.event(Sse.end(end, choice, whole || told.next(choice.index()) == 0)));
        }
        if (withUsage) {
            emit(Sse.event(Sse.usage(end)));
        }
        emit(Sse.DONE);
        finish();
    }

    /** Ends with an error: as the whole answer if nothing was told, else as the last event. */
    public synchronized void end(ApiException failure) {
        if (ended) {
            return;
        }
        if (begun.tryEmitError(failure) != Sinks.EmitResult.OK) {
            emit(Sse.event(failure.body()));
            emit(Sse.DONE);
        }
        finish();
    }

    /** From now on there are events, even if there is nothing to tell: the client hears that it waits. */
    public void begin() {
        var unused = begun.tryEmitEmpty();
    }

    private void emit(byte[] event) {
        begin();
        Sinks.EmitResult result = events.tryEmitNext(event);
        if (result == Sinks.EmitResult.FAIL_OVERFLOW || result == Sinks.EmitResult.FAIL_ZERO_SUBSCRIBER) {
            cut();
        }
    }

    private void cut() {
        ended = true;
        var unused = cut.tryEmitError(new SlowClientException());
    }

    private void finish() {
        ended = true;
        ahead.clear();
        var unused = events.tryEmitComplete();
    }

    // --- the replay, which can wait for the client

    @Override
    public boolean onReplayed(Output output) {
        long end = System.nanoTime() + MOST_WAIT_FOR_CLIENT_MILLIS * 1_000_000;
        while (unread.size() > MOST_UNREAD / 2 && System.nanoTime() < end && !hasEnded()) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        onOutput(output);
        return !hasEnded();
    }

    @Override
    public synchronized void onReplayEnd() {
        replaying = false;
        replayed = true;
        if (resumed && !foundSomething) {
            end(ApiException.invalid(404, "not_found", "nothing of request " + request + " is in the topics any more"));
        } else if (!ahead.isEmpty()) {
            tokensGone();
        }
        tellEnd();
        if (completion != null) {
            later(this::replay);
        }
    }

    @Override
    public synchronized void onReplayFailed(String why) {
        end(ApiException.unavailable(why));
    }

    /** A client that does not read. */
    static final class SlowClientException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SlowClientException() {
            super("the client does not read as fast as tokens come; it may resume", null, false, false);
        }
    }
}
