package io.causalstreams.benchmarks;

import io.causalstreams.inference.internal.scheduling.FairPriorityPolicy;
import io.causalstreams.inference.internal.scheduling.Schedulable;
import io.causalstreams.inference.internal.scheduling.SchedulingPolicy;
import io.causalstreams.inference.internal.scheduling.StepPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One step's plan: some sequences decode, others wait for a slot. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by JMH
public class PlannerBenchmark {
    private final SchedulingPolicy policy = new FairPriorityPolicy();

    @Param({"1", "32"})
    private int decoding;

    @Param({"0", "32", "1024"})
    private int waiting;

    private List<Planned> sequences;
    private SchedulingPolicy.Limits limits;

    @Setup
    public void prepare() {
        sequences = new ArrayList<>();
        for (int id = 0; id < decoding + waiting; id++) {
            boolean decodes = id < decoding;
            sequences.add(new Planned(id, decodes, decodes ? 0 : 64, Integer.MAX_VALUE, 0, null, "user-" + id % 8));
        }
        limits = new SchedulingPolicy.Limits(decoding + 2, 256);
    }

    @Benchmark
    public StepPlan<?> plan() {
        return policy.plan(sequences, Map.of("user-1", 1000L, "user-2", 500L), limits);
    }

    private record Planned(
            long arrival,
            boolean hasSlot,
            int pendingTokens,
            int chunkLimit,
            int priority,
            @Nullable Instant deadline,
            String user)
            implements Schedulable {}
}
