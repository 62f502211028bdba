package io.causalstreams.inference.internal.scheduling;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decodes first, then prompt chunks under a token budget.
 *
 * <p>Every sequence that decodes does so in every step. The budget that is left goes to prompts in this order: priority;
 * begun before new; the user with the fewest tokens served (virtual token counters: Sheng et al., "Fairness in Serving
 * Large Language Models", OSDI 2024); the earlier deadline; the earlier arrival. When no slot is free, a new sequence
 * takes the slot of the one with the worst priority, but only if that is worse than its own.
 */
public final class FairPriorityPolicy implements SchedulingPolicy {

    @Override
    public <S extends Schedulable> StepPlan<S> plan(List<S> sequences, Map<String, Long> servedTokens, Limits limits) {
        List<S> holders = new ArrayList<>();
        List<S> candidates = new ArrayList<>();
        for (S sequence : sequences) {
            if (sequence.hasSlot()) {
                holders.add(sequence);
            }
            if (!sequence.hasSlot() || sequence.pendingTokens() > 0) {
                candidates.add(sequence);
            }
        }
        List<S> preempted = new ArrayList<>();
        List<StepPlan.PrefillChunk<S>> chunks = new ArrayList<>();
        Map<String, Long> served = new HashMap<>(servedTokens);
        TokenBudget budget = new TokenBudget(limits.prefillTokens());
        int freeSlots = limits.slots() - holders.size();
        while (!candidates.isEmpty() && !budget.isSpent()) {
            S next = candidates.stream().min(order(served)).orElseThrow();
            candidates.remove(next);
            int tokens = budget.offer(next.pendingTokens(), next.chunkLimit());
            if (!next.hasSlot()) {
                if (freeSlots > 0) {
                    freeSlots--;
                } else {
                    @Nullable S victim = victim(holders, next);
                    if (victim == null) {
                        candidates.removeIf(candidate -> !candidate.hasSlot());
                        continue;
                    }
                    preempted.add(victim);
                    holders.remove(victim);
                    candidates.remove(victim);
                }
            }
            budget.take(tokens);
            chunks.add(new StepPlan.PrefillChunk<>(next, tokens));
            // A victim must not be one that this very plan has given a chunk.
            holders.remove(next);
            served.merge(next.user(), (long) tokens, Long::sum);
            candidates.removeIf(candidate -> budget.offer(candidate.pendingTokens(), candidate.chunkLimit()) == 0);
        }
        List<S> decodes = new ArrayList<>();
        for (S holder : holders) {
            if (holder.pendingTokens() == 0) {
                decodes.add(holder);
            }
        }
        return new StepPlan<>(preempted, decodes, chunks);
    }

    private static Comparator<Schedulable> order(Map<String, Long> served) {
        return Comparator.comparingInt(Schedulable::priority)
                .thenComparing(sequence -> !sequence.hasSlot())
                .thenComparingLong(sequence -> served.getOrDefault(sequence.user(), 0L))
                .thenComparing(sequence -> Objects.requireNonNullElse(sequence.deadline(), Instant.MAX))
                .thenComparingLong(Schedulable::arrival);
    }

    private static <S extends Schedulable> @Nullable S victim(List<S> holders, S newcomer) {
        return holders.stream()
                .filter(holder -> holder.priority() > newcomer.priority())
                .max(Comparator.<S>comparingInt(Schedulable::priority).thenComparingLong(Schedulable::arrival))
                .orElse(null);
    }
}
