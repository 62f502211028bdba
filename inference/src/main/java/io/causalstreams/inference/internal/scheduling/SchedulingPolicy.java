package io.causalstreams.inference.internal.scheduling;

import java.util.List;
import java.util.Map;

/** Decides what a step computes. Pure: the same arguments give the same plan. */
public interface SchedulingPolicy {

    /**
     * Plans one step.
     *
     * @param sequences everything that could run, in any order; the plan names these very objects
     * @param servedTokens tokens computed so far for each user; a missing user counts as 0
     */
    <S extends Schedulable> StepPlan<S> plan(List<S> sequences, Map<String, Long> servedTokens, Limits limits);

    /**
     * What a step may use.
     *
     * @param slots KV-cache slots in all
     * @param prefillTokens most prompt tokens of one step, over all its chunks
     */
    record Limits(int slots, int prefillTokens) {}
}
