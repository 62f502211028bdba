package io.causalstreams.inference;

/**
 * Counters and gauges of an engine, consistent with one another after a step.
 *
 * @param waiting requests submitted and not yet in a slot
 * @param running sequences that own a slot
 * @param slots KV-cache slots in all
 * @param steps forward passes since the start, of which {@code decodeSteps} advanced sequences by a token each
 * @param promptTokens prompt tokens computed since the start
 * @param cachedPromptTokens prompt tokens taken from the prefix cache since the start
 * @param completionTokens tokens generated since the start
 * @param preemptions sequences that lost their slot and were recomputed
 * @param backlogTokens prompt and completion tokens still to be computed for the requests taken, at most
 * @param kvCacheBytes native memory of the KV cache
 */
public record EngineStats(
        int waiting,
        int running,
        int slots,
        long steps,
        long decodeSteps,
        long promptTokens,
        long cachedPromptTokens,
        long completionTokens,
        long preemptions,
        long backlogTokens,
        long kvCacheBytes) {

    /** The sums over two engines. */
    public EngineStats plus(EngineStats other) {
        return new EngineStats(
                waiting + other.waiting,
                running + other.running,
                slots + other.slots,
                steps + other.steps,
                decodeSteps + other.decodeSteps,
                promptTokens + other.promptTokens,
                cachedPromptTokens + other.cachedPromptTokens,
                completionTokens + other.completionTokens,
                preemptions + other.preemptions,
                backlogTokens + other.backlogTokens,
                kvCacheBytes + other.kvCacheBytes);
    }
}
