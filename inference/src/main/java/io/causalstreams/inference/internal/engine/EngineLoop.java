package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.scheduling.SchedulingPolicy;
import io.causalstreams.inference.internal.scheduling.StepPlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine without its thread: each {@link #step()} cancels, plans, executes, samples, commits and emits; what it emits of requests
 * that go on may be left to the next step's pass ({@link BesidePass}).
 *
 * <p>A step is a transaction. What it computes is a {@link StepOutcome} until {@link #commit}; a step whose forward pass
 * fails is run once more, and if it fails again the requests of that pass fail and all others stand as before. Unless
 * the model fails on a single token too: then no request is at fault, and the step ends with that failure.
 *
 * <p>Threading: one thread at a time calls {@link #step()} and {@link #abort}; {@link #stats()} any.
 */
final class EngineLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);

    private final CausalLm model;
    private final SubmissionQueue queue;
    private final SchedulingPolicy policy;
    private final SchedulingPolicy.Limits limits;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final CacheSlots slots;
    private final BesidePass beside;
    private final StepExecutor executor;
    private final ServedTokens served = new ServedTokens();
    private final Set<RequestRun> runs = new LinkedHashSet<>();
    private final StepCounters counters = new StepCounters();
    private long nextSequence;
    private volatile EngineStats stats;

    /**
     * A loop over {@code model}'s slots.
     *
     * @param clock what deadlines are measured by; read once per request, when it begins
     * @param nanoTime monotonic, what is left until a deadline is measured by: the clock may be set meanwhile
     */
    EngineLoop(
            CausalLm model,
            EngineConfig config,
            SubmissionQueue queue,
            SchedulingPolicy policy,
            Clock clock,
            LongSupplier nanoTime) {
        this.model = model;
        this.queue = queue;
        this.policy = policy;
        this.limits = new SchedulingPolicy.Limits(model.slots(), config.prefillChunkTokens());
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.slots = new CacheSlots(model, config.prefixCacheTokens());
        this.beside = new BesidePass(model.leavesHostFree());
        this.executor = new StepExecutor(model, slots, beside, threads(config), config.speculation());
        this.stats = counters.snapshot(model, runs);
    }

    private static int threads(EngineConfig config) {
        Integer asked = config.intraOpThreads();
        return asked == null ? Runtime.getRuntime().availableProcessors() : asked;
    }

    /**
     * One step.
     *
     * @return whether there is more to do at once; requests may be left whose constraint is still being compiled
     * @throws StepFailedException if the model computes nothing any more; the loop must not be used again
     */
    boolean step() {
        SubmissionQueue.Batch batch = queue.take();
        batch.cancelled().forEach(this::cancel);
        batch.submitted().forEach(this::begin);
        expire();
        List<Sequence> eligible = eligible();
        if (!eligible.isEmpty()) {
            StepPlan<Sequence> plan = policy.plan(eligible, served.byUser(), limits);
            if (plan.isEmpty()) {
                throw new IllegalStateException("nothing planned for " + eligible.size() + " sequences");
            }
            run(plan);
        }
        eligible = eligible();
        if (eligible.isEmpty()) {
            beside.send();
            beside.takeSent().forEach(this::endIfDone);
        }
        served.keep(runs.stream().map(run -> run.request().user).collect(Collectors.toSet()));
        stats = counters.snapshot(model, runs);
        assert EngineInvariants.hold(slots, runs);
        return !eligible.isEmpty();
    }

    /** Ends every request with an error made from its id; whatever one's listener throws, all others hear of theirs. */
    void abort(Function<String, GenerationException> error) {
        SubmissionQueue.Batch batch = queue.take();
        batch.cancelled().forEach(this::cancel);
        batch.submitted().forEach(run -> {
            if (!run.isClosed()) {
                runs.add(run);
            }
        });
        for (RequestRun run : List.copyOf(runs)) {
            abort(run, error.apply(run.request().id));
        }
        stats = counters.snapshot(model, runs);
    }

    private void abort(RequestRun run, GenerationException error) {
        try {
            try {
                run.flush();
            } finally {
                fail(run, error);
            }
        } catch (Throwable e) {
            LOG.warn(
                    "request {}: its listener, or giving back its slot, failed while the engine ended",
                    run.request().id,
                    e);
        }
    }

    EngineStats stats() {
        return stats;
    }

    /** Whether a listener is called by this very thread, while the loop's own waits for it. */
    boolean isBesidePass() {
        return beside.isCurrentThread();
    }

    CacheSlots slots() {
        return slots;
    }

    Set<RequestRun> runs() {
        return runs;
    }

    private void begin(RequestRun run) {
        runs.add(run);
        if (run.isClosed()) {
            remove(run);
            return;
        }
        Instant deadline = run.request().deadline;
        if (deadline != null) {
            run.expiresIn(Duration.between(clock.instant(), deadline), nanoTime.getAsLong());
        }
        served.arrive(run.request().user);
        if (beside.isUsed()) {
            run.letTextsWait();
        }
        for (Sequence sequence : run.sequences()) {
            sequence.arrive(nextSequence++);
        }
        settle(run);
    }

    private void cancel(RequestRun run) {
        run.cancel();
        if (runs.contains(run)) {
            remove(run);
        }
    }

    private void expire() {
        long now = nanoTime.getAsLong();
        for (RequestRun run : List.copyOf(runs)) {
            if (run.isPastDeadline(now)) {
                run.endChoices(FinishReason.DEADLINE_EXCEEDED);
                remove(run);
                run.finish();
            }
        }
    }

    private List<Sequence> eligible() {
        List<Sequence> eligible = new ArrayList<>();
        for (RequestRun run : runs) {
            for (Sequence sequence : run.sequences()) {
                if (sequence.isEligible()) {
                    eligible.add(sequence);
                }
            }
        }
        return eligible;
    }

    private void run(StepPlan<Sequence> plan) {
        for (Sequence sequence : plan.preempted()) {
            slots.release(sequence);
            counters.preempted();
        }
        for (StepPlan.PrefillChunk<Sequence> chunk : plan.chunks()) {
            if (!chunk.sequence().hasSlot()) {
                counters.reused(slots.admit(chunk.sequence()));
            }
        }
        slots.compact();
        StepOutcome outcome = executor.execute(plan);
        if (outcome.failure() != null) {
            outcome = executor.execute(plan);
        }
        List<RequestRun> cancelled = queue.takeCancelled();
        cancelled.forEach(RequestRun::cancel); // nothing is emitted any more, also not of this step
        List<RequestRun> sent = beside.takeSent();
        if (outcome.failure() != null) {
            failAll(outcome);
        } else {
            commit(outcome);
        }
        cancelled.forEach(this::endIfDone);
        sent.forEach(this::endIfDone);
    }

    private void endIfDone(RequestRun run) {
        if (run.isComplete()) {
            remove(run);
            run.finish();
        } else if (run.isClosed()) {
            remove(run);
        }
    }

    private void failAll(StepOutcome outcome) {
        executor.probe(outcome.failedIn().get(0));
        for (Sequence sequence : outcome.failedIn()) {
            RequestRun run = sequence.run();
            fail(
                    run,
                    new GenerationException.Failed(
                            "request " + run.request().id + ": the model failed twice on a step it was in",
                            outcome.failure()));
        }
    }

    private void commit(StepOutcome outcome) {
        Set<RequestRun> touched = new LinkedHashSet<>();
        outcome.outcomes().forEach((sequence, result) -> {
            RequestRun run = sequence.run();
            if (run.isClosed()) {
                return; // another choice of it failed
            }
            touched.add(run);
            int before = sequence.cachedLength();
            try {
                if (result instanceof SequenceOutcome.Broken broken) {
                    throw broken.cause();
                }
                sequence.commit(result);
                slots.progressed(sequence);
                served.add(run.request().user, Math.max(1, sequence.cachedLength() - before));
            } catch (GenerationException.Invalid e) {
                fail(run, e); // a constraint that cannot be followed any further
            } catch (RuntimeException e) {
                fail(
                        run,
                        new GenerationException.Failed(
                                "request " + run.request().id + ": its next token cannot be chosen: " + e.getMessage(),
                                e));
            }
        });
        counters.committed(outcome);
        touched.forEach(this::settle);
    }

    /** Gives back what is complete, sends what is new. */
    private void settle(RequestRun run) {
        for (Sequence sequence : run.sequences()) {
            if (sequence.hasSlot() && sequence.isComplete()) {
                slots.release(sequence);
            }
        }
        if (beside.isUsed() && !run.isComplete()) {
            beside.add(run);
            return;
        }
        run.flush();
        endIfDone(run);
    }

    private void fail(RequestRun run, GenerationException error) {
        try {
            remove(run);
        } finally {
            run.fail(error);
        }
    }

    /** Makes room for another; before a run's end is reported, so that whoever hears of it may submit the next. */
    private void remove(RequestRun run) {
        if (runs.remove(run)) {
            for (Sequence sequence : run.sequences()) {
                if (sequence.hasSlot()) {
                    slots.release(sequence);
                }
            }
            queue.done();
        }
    }
}
