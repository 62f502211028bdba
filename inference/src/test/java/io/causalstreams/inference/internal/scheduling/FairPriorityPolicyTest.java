package io.causalstreams.inference.internal.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.internal.scheduling.SchedulingPolicy.Limits;
import io.causalstreams.inference.internal.scheduling.StepPlan.PrefillChunk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FairPriorityPolicyTest {
    private static final Limits LIMITS = new Limits(4, 100);

    private record Planned(
            long arrival,
            boolean hasSlot,
            int pendingTokens,
            int chunkLimit,
            int priority,
            @Nullable Instant deadline,
            String user)
            implements Schedulable {}

    @Test
    void shouldDecodeEverythingThatDecodesAndPrefillBesideIt() {
        assertThat(plan(decoding(1), decoding(2), waiting(3, 30)))
                .isEqualTo(new StepPlan<>(
                        List.of(), List.of(decoding(1), decoding(2)), List.of(new PrefillChunk<>(waiting(3, 30), 30))));
    }

    @Test
    void shouldCutALongPromptToTheBudget() {
        assertThat(plan(waiting(1, 250)).chunks()).containsExactly(new PrefillChunk<>(waiting(1, 250), 100));
    }

    @Test
    void shouldFillTheBudgetWithPromptsThatNeedNotBeCut() {
        assertThat(plan(waiting(1, 60), waiting(2, 50), waiting(3, 40)).chunks())
                .containsExactly(new PrefillChunk<>(waiting(1, 60), 60), new PrefillChunk<>(waiting(3, 40), 40));
    }

    @Test
    void shouldFinishABegunPromptBeforeANewOne() {
        assertThat(plan(waiting(1, 100), prefilling(2, 80)).chunks())
                .containsExactly(new PrefillChunk<>(prefilling(2, 80), 80));
    }

    @Test
    void shouldPreferPriorityThenDeadlineThenArrival() {
        Planned late = view(1, false, 100, 0, Instant.ofEpochSecond(90), "");
        Planned soon = view(2, false, 100, 0, Instant.ofEpochSecond(10), "");
        Planned urgent = view(3, false, 100, -1, null, "");
        Planned whenever = view(4, false, 100, 0, null, "");
        assertThat(plan(late, soon, urgent, whenever).chunks()).containsExactly(new PrefillChunk<>(urgent, 100));
        assertThat(plan(late, soon, whenever).chunks()).containsExactly(new PrefillChunk<>(soon, 100));
        assertThat(plan(whenever, late).chunks()).containsExactly(new PrefillChunk<>(late, 100));
    }

    @Test
    void shouldPreferTheUserWhoWasServedLess() {
        List<Planned> sequences = List.of(
                view(1, false, 50, 0, null, "a"), view(2, false, 50, 0, null, "a"), view(3, false, 50, 0, null, "b"));
        assertThat(new FairPriorityPolicy()
                        .plan(sequences, Map.of("a", 10L, "b", 30L), LIMITS)
                        .chunks())
                .containsExactly(new PrefillChunk<>(sequences.get(0), 50), new PrefillChunk<>(sequences.get(2), 50));
    }

    @Test
    void shouldLeavePlannedWhatFindsNoSlot() {
        assertThat(plan(decoding(1), decoding(2), decoding(3), decoding(4), waiting(5, 10)))
                .isEqualTo(new StepPlan<>(
                        List.of(), List.of(decoding(1), decoding(2), decoding(3), decoding(4)), List.of()));
    }

    @Test
    void shouldPreemptTheWorstOfThoseWithAWorsePriority() {
        Planned worst = view(3, true, 0, 9, null, "");
        Planned urgent = view(5, false, 10, 1, null, "");
        Planned bad = view(4, true, 0, 5, null, "");
        assertThat(plan(decoding(1), decoding(2), worst, bad, urgent))
                .isEqualTo(new StepPlan<>(
                        List.of(worst),
                        List.of(decoding(1), decoding(2), bad),
                        List.of(new PrefillChunk<>(urgent, 10))));
    }

    @Test
    void shouldNotPreemptAnEqual() {
        Planned equal = view(5, false, 10, 0, null, "");
        assertThat(plan(decoding(1), decoding(2), decoding(3), decoding(4), equal)
                        .preempted())
                .isEmpty();
    }

    @Test
    void shouldRespectItsLimitsAndAlwaysHaveSomethingToDo() {
        long seed = Long.getLong("test.seed", new Random().nextLong());
        System.out.println("-Dtest.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            List<Planned> sequences = new ArrayList<>();
            int slots = 1 + random.nextInt(4);
            int held = 0;
            for (int id = 0; id < 1 + random.nextInt(8); id++) {
                boolean holds = held < slots && random.nextBoolean();
                held += holds ? 1 : 0;
                int pending = holds && random.nextBoolean() ? 0 : 1 + random.nextInt(60);
                sequences.add(view(id, holds, pending, random.nextInt(3), null, "u" + random.nextInt(2)));
            }
            StepPlan<Planned> plan =
                    new FairPriorityPolicy().plan(sequences, Map.of(), new Limits(slots, 1 + random.nextInt(50)));
            assertThat(plan.isEmpty()).as("seed %d", seed).isFalse();
            long admitted = plan.chunks().stream()
                    .filter(chunk -> !chunk.sequence().hasSlot())
                    .count();
            assertThat(held - plan.preempted().size() + admitted).isLessThanOrEqualTo(slots);
            assertThat(plan.chunks()).allMatch(chunk -> !plan.preempted().contains(chunk.sequence()));
            assertThat(plan.decodes()).allMatch(decode -> !plan.preempted().contains(decode));
        }
    }

    private static StepPlan<Planned> plan(Planned... sequences) {
        return new FairPriorityPolicy().plan(List.of(sequences), Map.of(), LIMITS);
    }

    private static Planned decoding(long id) {
        return view(id, true, 0, 0, null, "");
    }

    private static Planned prefilling(long id, int pending) {
        return view(id, true, pending, 0, null, "");
    }

    private static Planned waiting(long id, int pending) {
        return view(id, false, pending, 0, null, "");
    }

    private static Planned view(
            long id, boolean hasSlot, int pending, int priority, @Nullable Instant deadline, String user) {
        return new Planned(id, hasSlot, pending, Integer.MAX_VALUE, priority, deadline, user);
    }
}
