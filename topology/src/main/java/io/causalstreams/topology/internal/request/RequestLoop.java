package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.event.ToolResultEvent;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.input.TaskInput;
import io.causalstreams.topology.internal.journal.TaskStore;
import io.causalstreams.topology.internal.telemetry.EndedRequest;
import io.causalstreams.topology.internal.telemetry.TaskLoad;
import java.util.List;
import java.util.function.Consumer;
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
 * reports, publishes tokens and completions, submits what waits, and asks for a commit when it published something.
 *
 * <p>Threading: stream thread only.
 */
public final class RequestLoop<K, V> {

    private static final Logger log = LoggerFactory.getLogger(RequestLoop.class);

    private final Operator operator;
    private final TaskStore store;
    private final TaskInput input;
    private final ProcessingContext context;
    private final TaskClock clock;
    private final CommitPace commits;
    private final TaskRequests<K, V> requests;
    private final JournaledOutput<K, V> output;
    private final JournalBounds bounds;
    private final Conversations conversations;
    private final RequestReader<K, V> reader;
    private final Finisher<K, V> finisher;
    private final ToolRounds<K, V> rounds;
    private final FailedAttempts<K, V> failedAttempts;
    private final EngineRuns<K, V> runs;

    public RequestLoop(
            Operator operator,
            Job.Opener<K, V> jobs,
            TaskStore store,
            TaskInput input,
            ProcessingContext context,
            Consumer<Record<K, V>> forward) {
        this.operator = operator;
        this.store = store;
        this.input = input;
        this.context = context;
        clock = TaskClock.of(context);
        commits = new CommitPace(operator.settings().commitDelayMs());
        requests = new TaskRequests<>(operator.settings().maxInFlight());
        TaskMailbox<K, V> mailbox = new TaskMailbox<>();
        output = new JournaledOutput<>(clock, forward, store, operator.telemetry(), commits);
        bounds = new JournalBounds(store.journal(), operator.settings(), input, mailbox, context.taskId());
        conversations = new Conversations(operator.engine(), store.sessions());
        reader = new RequestReader<>(jobs, store.journal());
        Gate gate = new Gate(operator.policies(), store, clock);
        finisher = new Finisher<>(
                requests, reader, output, gate, conversations, operator.adapters(), operator.telemetry());
        rounds = new ToolRounds<>(operator, clock, store.journal(), output, finisher);
        failedAttempts = new FailedAttempts<>(operator.policies().retries(), finisher);
        SecondAsks<K, V> secondAsks = new SecondAsks<>(store.journal(), output, finisher, failedAttempts);
        runs = new EngineRuns<>(operator, clock, mailbox, output, finisher, rounds, secondAsks, failedAttempts);
    }

    /** Takes up the journal of the task's former owner; the requests run again from their published tokens. */
    public void restore() {
        store.journal().restore(arrival -> {
            input.reads(arrival);
            Job<K, V> job = reader.open(arrival);
            if (job instanceof Job.Broken<K, V> broken) {
                log.warn(
                        "journaled request {} cannot be asked any more and ends as an error: {}",
                        arrival.id(),
                        broken.cause().getMessage());
            }
            rounds.restore(track(job), job);
        });
        store.remembered().restore(clock.now());
        store.sessions().restore();
        bounds.follow();
        if (!requests.all().isEmpty()) {
            log.info(
                    "task {}: {} unfinished requests restored",
                    context.taskId(),
                    requests.all().size());
        }
    }

    /** Whether a request of this name has no completion yet. */
    public boolean isInFlight(String id) {
        return requests.get(id) != null;
    }

    /** Whether a request of this lane has not ended. */
    public boolean isBusy(String lane) {
        return requests.isBusy(lane);
    }

    /** The completion of a finished request of this name, or null. */
    public byte @Nullable [] remembered(String id) {
        return store.remembered().get(id, clock.now());
    }

    /** Whether the journal holds as much as it may. */
    public boolean isFull() {
        return bounds.isFull();
    }

    /** Requests without a completion. */
    public int entries() {
        return store.journal().entries();
    }

    /** The place of the next arrival in the journal. */
    public long nextSequence() {
        return store.journal().nextSequence();
    }

    /** What the clock says now, milliseconds since 1970. */
    public long wallNow() {
        return clock.wallNow();
    }

    /**
     * Has the engine read a new request. A turn of a conversation is read with the turns before it when all of them are
     * answered; else it is only checked here, and read when it runs.
     *
     * @throws GenerationException as {@link GenerationEngine#prepare}
     */
    public Job.Ask<K, V> prepared(Job.Ask<K, V> ask) {
        String session = ask.session();
        if (session == null || !isBusy(session)) {
            return ask.prepared(conversations.prepare(ask));
        }
        operator.engine().prepare(ask.request());
        return ask;
    }

    /** Journals a new request and submits it when there is room. */
    public void accept(Job<K, V> job) {
        input.reads(job.arrival());
        bounds.awaitRoom(clock.now());
        output.accept(job.arrival());
        track(job);
        bounds.follow();
        if (input.isCancelled(job.arrival())) {
            cancelId(job.arrival().id());
        } else {
            runs.startWaiting(clock.now());
        }
    }

    /** Ends a request that is not taken. */
    public void refuse(Job.Answerable<K, V> job, Ending ending) {
        long nowMs = clock.now();
        requests.recentlyEnded().add(job.arrival().id(), job.arrival().key());
        operator.telemetry().refused(new EndedRequest(job, ending, List.of(), nowMs, 0, nowMs));
        publish(job.answers()
                .end(ending, List.of(), finisher.promptTokens(job, ending), clock.wallAt(nowMs))
                .records());
    }

    /** What a tool gave, or null where that could not be read. */
    public void answer(@Nullable ToolResultEvent result) {
        rounds.answer(result);
        bounds.follow();
        runs.startWaiting(clock.now());
    }

    /** Publishes records that belong to no request in flight. */
    public void publish(List<Record<K, V>> records) {
        output.publish(records);
    }

    /** Ends the request of this name as cancelled. Returns whether it was here: in flight, or ended as far as is known. */
    public boolean cancelId(String id) {
        Request<K, V> request = requests.get(id);
        if (request != null) {
            runs.cancel(request, clock.now());
        }
        return requests.recentlyEnded().hasId(id) || remembered(id) != null;
    }

    /** Ends every request of this record key as cancelled. Returns whether there was one, as far as is known. */
    public boolean cancelKey(Bytes key) {
        requests.ofKey(key).forEach(each -> runs.cancel(each, clock.now()));
        return requests.recentlyEnded().hasKey(key);
    }

    /** One punctuation. */
    public void turn(long nowMs) {
        AbortOnTimeout.run(() -> takeTurn(nowMs));
    }

    private void takeTurn(long nowMs) {
        bounds.turn();
        runs.receive(nowMs);
        input.takeCancels(this::cancelId, this::cancelKey); // what they do not find may still come
        runs.publishDue(nowMs);
        expireWaiting(nowMs);
        rounds.expire(nowMs);
        failedAttempts.turn(nowMs);
        runs.startWaiting(nowMs);
        store.remembered().evict(nowMs);
        bounds.follow();
        operator.telemetry().load(context.taskId(), load());
        if (commits.take(nowMs)) {
            context.commit();
        }
    }

    /** Waiting requests only: those in the engine are ended by it, with the tokens they have. */
    private void expireWaiting(long nowMs) {
        for (Request<K, V> request : requests.takeExpired(nowMs)) {
            finisher.endWaiting(request, Ending.deadlineExceeded(request.id), nowMs);
        }
    }

    private TaskLoad load() {
        return new TaskLoad(
                requests.waiting().size(),
                requests.running().size(),
                requests.calling().size(),
                store.journal().bytes(),
                requests.waiting().oldest(),
                store.remembered().entries(),
                store.sessions().count());
    }

    /** Leaves the engine. Nothing is written: the next owner goes on from the journal. */
    public void close() {
        input.leave();
        operator.telemetry().left(context.taskId(), requests.all());
        requests.all().forEach(each -> operator.adapters().release(each.adapter));
        runs.leave();
    }

    private Request<K, V> track(Job<K, V> job) {
        Request<K, V> request = new Request<>(job, clock.now(), clock.wallNow());
        requests.add(request);
        operator.adapters().hold(request.adapter);
        operator.telemetry().tracked(request);
        return request;
    }
}
