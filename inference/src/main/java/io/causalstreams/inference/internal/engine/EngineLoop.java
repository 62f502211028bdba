package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.scheduling.SchedulingPolicy;
import io.causalstreams.inference.internal.scheduling.SequenceView;
import io.causalstreams.inference.internal.scheduling.StepPlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The engine without its thread: each {@link #step()} cancels, plans, executes, samples, commits and emits.
 *
 * <p>A step is a transaction. What it computes is a {@link StepOutcome} until {@link #commit}; a step whose forward pass
 * fails is run once more, and if it fails again the requests of that pass fail and all others stand as before. Unless
 * the model fails on a single token too: then no request is at fault, and the step ends with that failure.
 *
 * <p>Threading: one thread at a time calls {@link #step()} and {@link #abort}; {@link #stats()} any.
 */
final class EngineLoop {
    private final CausalLm model;
    private final SubmissionQueue queue;
    private final SchedulingPolicy policy;
    private final SchedulingPolicy.Limits limits;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final CacheSlots slots;
    private final StepExecutor executor;
    private final ServedTokens served = new ServedTokens();
    private final Set<RequestRun> runs = new LinkedHashSet<>();
    private final StepCounters counters = new StepCounters();
    private long nextSequence;
    private volatile EngineStats stats;

    /**
     * A loop over {@code model}'s slots.
     *
     * @param clock what deadlines are told by; read once per request, when it begins
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
        this.executor = new StepExecutor(model, slots, config.speculation());
        this.stats = counters.snapshot(model, runs);
    }

    /**
     * One step.
     *
     * @return whether requests are left
     * @throws StepFailedException if the model computes nothing any more; the loop must not be used again
     */
    boolean step() {
        SubmissionQueue.Batch batch = queue.take();
        batch.cancelled().forEach(this::cancel);
        batch.submitted().forEach(this::begin);
        expire();
        Map<Long, Sequence> eligible = eligible();
        if (!eligible.isEmpty()) {
            StepPlan plan =
                    policy.plan(eligible.values().stream().map(this::view).toList(), served.byUser(), limits);
            if (plan.isEmpty()) {
                throw new IllegalStateException("nothing planned for " + eligible.size() + " sequences");
            }
            run(plan, eligible);
        }
        served.keep(runs.stream().map(run -> run.request().user).collect(Collectors.toSet()));
        stats = counters.snapshot(model, runs);
        assert EngineInvariants.hold(slots, runs);
        return !runs.isEmpty();
    }

    /** Ends every request with an error made from its id. */
    void abort(java.util.function.Function<String, GenerationException> error) {
        SubmissionQueue.Batch batch = queue.take();
        batch.cancelled().forEach(this::cancel);
        batch.submitted().forEach(run -> {
            if (!run.isClosed()) {
                runs.add(run);
            }
        });
        for (RequestRun run : List.copyOf(runs)) {
            fail(run, error.apply(run.request().id));
        }
        stats = counters.snapshot(model, runs);
    }

    EngineStats stats() {
        return stats;
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
        for (Sequence sequence : run.sequences()) {
            sequence.number(nextSequence++);
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

    private Map<Long, Sequence> eligible() {
        Map<Long, Sequence> eligible = new HashMap<>();
        for (RequestRun run : runs) {
            for (Sequence sequence : run.sequences()) {
                if (sequence.isEligible()) {
                    eligible.put(sequence.id(), sequence);
                }
            }
        }
        return eligible;
    }

    private SequenceView view(Sequence sequence) {
        TokenizedRequest request = sequence.run().request();
        return new SequenceView(
                sequence.id(),
                sequence.hasSlot(),
                sequence.pendingTokens(),
                sequence.chunkLimit(),
                request.priority,
                sequence.id(),
                request.deadline,
                request.user);
    }

    private void run(StepPlan plan, Map<Long, Sequence> eligible) {
        for (long id : plan.preempted()) {
            slots.release(sequence(eligible, id));
            counters.preempted();
        }
        List<StepExecutor.Grant> chunks = new ArrayList<>();
        for (StepPlan.PrefillChunk chunk : plan.chunks()) {
            Sequence sequence = sequence(eligible, chunk.sequence());
            if (!sequence.hasSlot()) {
                counters.reused(slots.admit(sequence));
            }
            chunks.add(new StepExecutor.Grant(sequence, chunk.tokens()));
        }
        slots.compact();
        List<Sequence> decodes =
                plan.decodes().stream().map(id -> sequence(eligible, id)).toList();
        StepOutcome outcome = executor.execute(decodes, chunks);
        if (outcome.failure() != null) {
            outcome = executor.execute(decodes, chunks);
        }
        if (outcome.failure() != null) {
            failAll(outcome);
        } else {
            commit(outcome);
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
        run.flush();
        if (run.isComplete()) {
            remove(run);
            run.finish();
        } else if (run.isClosed()) {
            remove(run);
        }
    }

    private void fail(RequestRun run, GenerationException error) {
        remove(run);
        run.fail(error);
    }

    /** Makes room for another; before a run's end is told, so that whoever hears of it may submit the next. */
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

    private static Sequence sequence(Map<Long, Sequence> eligible, long id) {
        return Objects.requireNonNull(eligible.get(id), "the plan names an unknown sequence");
    }
}
