package io.causalstreams.inference.internal.scheduling;

import java.util.List;
import java.util.Map;

/** Decides what a step computes. Pure: the same arguments give the same plan. */
@FunctionalInterface
public interface SchedulingPolicy {

    /**
     * Plans one step.
     *
     * @param sequences everything that could run, in any order
     * @param servedTokens tokens computed so far for each user; a missing user counts as 0
     */
    StepPlan plan(List<SequenceView> sequences, Map<String, Long> servedTokens, Limits limits);

    /**
     * What a step may use.
     *
     * @param slots KV-cache slots in all
     * @param prefillTokens most prompt tokens of one step, over all its chunks
     */
    record Limits(int slots, int prefillTokens) {}
}
