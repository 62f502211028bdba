package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.EngineDiedException;
import io.causalstreams.topology.SteadyTime;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.input.TaskInput;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.journal.RememberedCompletions;
import io.causalstreams.topology.internal.journal.Sessions;
import io.causalstreams.topology.internal.journal.TokenLog;
import io.causalstreams.topology.internal.telemetry.Operations;
import io.causalstreams.topology.internal.telemetry.TaskLoad;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one incarnation of a task, from arrival to completion.
 *
 * <p>The journal is the queue: what the engine does not take yet waits there. One {@link #turn} takes the engine's
 * news, publishes tokens and completions, submits what waits, and asks for a commit when it told something.
 *
 * <p>Threading: stream thread only. The engine's thread only reaches the {@link TaskMailbox}.
 */
public final class RequestLoop<K, V> {

    private static final Logger log = LoggerFactory.getLogger(RequestLoop.class);

    /** How long a full engine is left alone. */
    private static final long BUSY_BACKOFF_MS = 50;

    /** Less is no step of the clock but rounding and drift. */
    private static final long CLOCK_STEP_MS = 500;

    private final ProcessingContext context;
    private final LongUnaryOperator wallMs;
    private final GenerationEngine engine;
    private final Job.Opener<K, V> opener;
    private final OperatorSettings settings;
    private final Journal journal;
    private final RememberedCompletions remembered;
    private final Sessions sessions;
    private final Conversations conversations;
    private final TaskInput input;
    private final Operations operations;
    private final JournaledOutput<K, V> output;
    private final JournalBounds bounds;

    private final TaskMailbox mailbox = new TaskMailbox();
    private final Map<String, TrackedRequest> byId = new HashMap<>();
    private final WaitingRequests waiting = new WaitingRequests();
    private final Map<TrackedRequest, Run<K, V>> running = new LinkedHashMap<>();

    /** Journaled requests another release took and this one cannot read; ended at the first turn. */
    private final Map<Arrival, RuntimeException> broken = new LinkedHashMap<>();

    private long busyUntilMs;

    public RequestLoop(
            ProcessingContext context,
            Consumer<Record<K, V>> forward,
            GenerationEngine engine,
            Job.Opener<K, V> opener,
            OperatorSettings settings,
            Journal journal,
            RememberedCompletions remembered,
            Sessions sessions,
            TaskInput input,
            Operations operations) {
        this.context = context;
        this.wallMs = SteadyTime.wallMs(context);
        this.engine = engine;
        this.opener = opener;
        this.settings = settings;
        this.journal = journal;
        this.remembered = remembered;
        this.sessions = sessions;
        this.conversations = new Conversations(engine, sessions);
        this.input = input;
        this.operations = operations;
        this.output = new JournaledOutput<>(
                context, wallMs, forward, journal, remembered, operations, settings.commitDelayMs());
        this.bounds = new JournalBounds(journal, settings, input, mailbox, context.taskId());
    }

    /** Takes up the journal of the task's former owner; the requests run again from their published tokens. */
    public void restore() {
        journal.restore(arrival -> {
            input.reads(arrival);
            try {
                track(arrival, opener.open(arrival));
            } catch (RuntimeException e) {
                log.warn(
                        "journaled request {} is no valid request for this release; it ends as an error", arrival.id());
                broken.put(arrival, e);
            }
        });
        remembered.restore(now());
        sessions.restore();
        bounds.follow();
        if (!byId.isEmpty()) {
            log.info("task {}: {} unfinished requests restored", context.taskId(), byId.size());
        }
    }

    /** Whether a request of this name has no completion yet. */
    public boolean isInFlight(String id) {
        return byId.containsKey(id);
    }

    /** Whether a request of this lane has not ended. */
    public boolean isBusy(String lane) {
        return byId.values().stream().anyMatch(each -> lane.equals(each.lane));
    }

    /** The completion of a finished request of this name, or null. */
    public byte @Nullable [] remembered(String id) {
        return remembered.get(id, now());
    }

    /** Whether the journal holds as much as it may. */
    public boolean isFull() {
        return bounds.isFull();
    }

    public int entries() {
        return journal.entries();
    }

    public long nextSequence() {
        return journal.nextSequence();
    }

    /** Journals a new request and submits it when there is room. */
    public void accept(Arrival arrival, Job<K, V> job) {
        input.reads(arrival);
        bounds.awaitRoom(now());
        output.accept(arrival);
        track(arrival, job);
        bounds.follow();
        if (input.isCancelled(arrival)) {
            cancelId(arrival.id());
        } else {
            submitWaiting(now());
        }
    }

    /** Ends a request that is not taken. */
    public void refuse(Arrival arrival, Job<K, V> job, Ending ending) {
        operations.refused(arrival, job, ending, now());
        tell(job.end(ending, List.of(), conversations.promptTokens(job), wallNow())
                .records());
    }

    /** Tells records that belong to no request in flight. */
    public void tell(List<Record<K, V>> records) {
        output.tell(records);
    }

    /** Ends the request of this name as cancelled; does nothing when there is none. */
    public void cancelId(String id) {
        TrackedRequest request = byId.get(id);
        if (request != null) {
            cancel(request);
        }
    }

    /** Ends every request of this record key as cancelled. */
    public void cancelKey(Bytes key) {
        List<TrackedRequest> ofKey =
                byId.values().stream().filter(each -> key.equals(each.key)).toList();
        ofKey.forEach(this::cancel);
    }

    /** One punctuation. */
    public void turn(long nowMs) {
        AbortOnTimeout.run(() -> takeTurn(nowMs));
    }

    private void takeTurn(long nowMs) {
        bounds.turn();
        endBroken(nowMs);
        mailbox.drain(channel -> receive(channel, nowMs));
        input.takeCancels(this::cancelId, this::cancelKey);
        publishDue(nowMs);
        expireWaiting(nowMs);
        submitWaiting(nowMs);
        remembered.evict(nowMs);
        bounds.follow();
        operations.load(context.taskId(), load());
        output.commit(nowMs);
    }

    /** Leaves the engine; what it still says is dropped. Nothing is written: the next owner goes on from the journal. */
    public void close() {
        mailbox.close();
        input.leave();
        operations.left(context.taskId(), byId.values());
        running.values().forEach(run -> run.channel().dispose());
        running.clear();
        byId.clear();
    }

    private void track(Arrival arrival, Job<K, V> job) {
        TrackedRequest request = new TrackedRequest(arrival, job.request(), job.lane(), now(), wallNow());
        byId.put(request.id, request);
        waiting.add(request);
        operations.tracked(request);
    }

    private void submitWaiting(long nowMs) {
        while (running.size() < settings.maxInFlight() && nowMs >= busyUntilMs) {
            TrackedRequest next = waiting.takeNext();
            if (next == null) {
                return;
            }
            operations.submitted(next, nowMs);
            submit(next);
        }
    }

    private void submit(TrackedRequest request) {
        RequestChannel channel = new RequestChannel(mailbox, request);
        Run<K, V> run = run(journal.arrival(request.sequence), channel);
        running.put(request, run);
        request.running(run.progress());
        if (channel.hasFailed()) {
            return;
        }
        if (!run.job().asks()) {
            pass(request, run);
            return;
        }
        try {
            GenerationRequest fresh = conversations.withHistory(run.job()).request();
            engine.generate(timed(fresh, request).resumedFrom(run.progress().resumeFrom()))
                    .subscribe(channel);
        } catch (RuntimeException e) {
            channel.fail(e);
        }
    }

    /** Its deadline as the clock tells it now, which may have been set since the request arrived. */
    private GenerationRequest timed(GenerationRequest fresh, TrackedRequest request) {
        Instant told = fresh.deadline();
        if (told == null) {
            return fresh;
        }
        long setMs = wallMs(request.expiresMs) - told.toEpochMilli();
        return Math.abs(setMs) < CLOCK_STEP_MS ? fresh : fresh.withDeadline(told.plusMillis(setMs));
    }

    private void receive(RequestChannel channel, long nowMs) {
        TrackedRequest request = channel.request();
        Run<K, V> run = running.get(request);
        if (run == null || run.channel() != channel) {
            return;
        }
        RequestChannel.News news = channel.take();
        Finished finished = null;
        for (var event : news.events()) {
            if (event instanceof TokenChunk chunk) {
                run.progress().choice(chunk.choice()).add(chunk, nowMs);
            } else if (event instanceof Finished end) {
                finished = end;
            }
        }
        if (finished != null) {
            end(request, run, new Ending.Completed(finished), nowMs);
        } else if (news.error() != null) {
            failed(request, run, news.error(), nowMs);
        } else if (news.ended()) {
            failed(request, run, new GenerationException.Failed("the engine ended it without an answer", null), nowMs);
        }
    }

    private void failed(TrackedRequest request, Run<K, V> run, Throwable error, long nowMs) {
        if (error instanceof GenerationException.Busy) {
            leaveEngine(request);
            request.waiting();
            waiting.add(request);
            busyUntilMs = nowMs + BUSY_BACKOFF_MS;
        } else if (error instanceof GenerationException.Dead) {
            String reason = String.valueOf(error.getMessage());
            String blamed = "request " + request.id + ": ";
            throw new EngineDiedException(
                    reason.startsWith(blamed) ? reason.substring(blamed.length()) : reason, error);
        } else if (error instanceof GenerationException.Aborted) {
            log.info("request {} stays in the journal: the engine is closed", request.id);
        } else {
            end(request, run, Ending.failed(request.id, error), nowMs);
        }
    }

    private void publishDue(long nowMs) {
        for (Run<K, V> run : running.values()) {
            List<TokenChunk> due = run.progress().due(settings.tokensPerEvent(), settings.maxDelayMs(), nowMs, false);
            if (!due.isEmpty()) {
                output.publish(run, due, nowMs);
            }
        }
    }

    /** Waiting requests only: those in the engine are ended by it, with the tokens they have. */
    private void expireWaiting(long nowMs) {
        for (TrackedRequest request : waiting.takeExpired(nowMs)) {
            endWaiting(request, Ending.deadlineExceeded(request.id), nowMs);
        }
    }

    private void cancel(TrackedRequest request) {
        Run<K, V> run = running.get(request);
        if (run == null) {
            waiting.remove(request);
            endWaiting(request, Ending.cancelled(request.id), now());
        } else {
            run.channel().dispose();
            end(request, run, Ending.cancelled(request.id), now());
        }
    }

    private void endWaiting(TrackedRequest request, Ending ending, long nowMs) {
        Run<K, V> run = run(journal.arrival(request.sequence), new RequestChannel(mailbox, request));
        end(request, run, ending, nowMs);
    }

    private void endBroken(long nowMs) {
        broken.forEach((arrival, cause) -> {
            GenerationRequest none = opener.invalid(arrival).request();
            TrackedRequest request = new TrackedRequest(arrival, none, null, nowMs, wallMs(nowMs));
            end(request, run(arrival, new RequestChannel(mailbox, request)), Ending.failed(arrival.id(), cause), nowMs);
        });
        broken.clear();
    }

    private Run<K, V> run(Arrival arrival, RequestChannel channel) {
        Job<K, V> job;
        try {
            job = opener.open(arrival);
        } catch (RuntimeException e) {
            // was readable when it arrived: a request that is no pure function of its record, or another release
            job = opener.invalid(arrival);
            channel.fail(e);
        }
        TokenLog tokens = journal.tokens(arrival.sequence());
        Progress progress = new Progress(job.request().sampling().n(), tokens.published());
        return new Run<>(arrival, job, tokens, progress, channel);
    }

    private void pass(TrackedRequest request, Run<K, V> run) {
        output.end(run, Ending.passed(), 0, now());
        leaveEngine(request);
        byId.remove(request.id);
        operations.passed(request);
    }

    private void end(TrackedRequest request, Run<K, V> run, Ending ending, long nowMs) {
        int promptTokens = ending instanceof Ending.Failed ? conversations.promptTokens(run.job()) : 0;
        List<Partial> published = output.end(run, ending, promptTokens, nowMs);
        if (ending instanceof Ending.Completed completed && completed.isWhole()) {
            conversations.answered(run.job(), published.get(0).text(), nowMs, this::isInUse);
        }
        leaveEngine(request);
        byId.remove(request.id);
        operations.ended(request, run.arrival(), run.job(), ending, published, nowMs);
    }

    private TaskLoad load() {
        return new TaskLoad(
                waiting.size(),
                running.size(),
                journal.bytes(),
                waiting.oldest(),
                remembered.entries(),
                conversations.count());
    }

    private void leaveEngine(TrackedRequest request) {
        if (running.remove(request) != null) {
            waiting.left(request);
        }
    }

    private boolean isInUse(String session) {
        return isBusy(session);
    }

    /** What the clock says now. */
    public long wallNow() {
        return wallMs(now());
    }

    private long now() {
        return context.currentSystemTimeMs();
    }

    /** What the clock says at {@code contextMs}: for instants that others read or wrote. Durations are by {@link #now}. */
    private long wallMs(long contextMs) {
        return wallMs.applyAsLong(contextMs);
    }
}
