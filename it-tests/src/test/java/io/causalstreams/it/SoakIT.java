package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.Disposable;

/**
 * Mixed load with random cancels, deadlines and engine restarts for a long time: memory stays flat, no slot is lost.
 * Every other engine is closed under load, with what it runs and what waits.
 *
 * <p>{@code -Dsoak.seconds=1800} is the long form (45), {@code -Dtest.seed=} sets the load's seed.
 */
@Tag("soak")
@Isolated
class SoakIT {
    private static final int SECONDS = Integer.getInteger("soak.seconds", 45);
    private static final int OUTSTANDING = 48;
    private static final EngineConfig CONFIG =
            EngineConfig.defaults().withSlots(8).withMaxContextTokens(512).withIntraOpThreads(1);

    private final Random random = Seeds.random("SoakIT");
    private final Map<String, Integer> outcomes = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private int sent;

    @BeforeAll
    static void needsProc() {
        Assumptions.assumeTrue(ProcessMemory.canBeRead(), "skipped: no /proc/self/status here");
    }

    @Test
    void shouldKeepMemoryFlatAndLoseNoSlot() throws Exception {
        // Given
        int rounds = Math.max(9, SECONDS / 5);
        Duration round = Duration.ofMillis(SECONDS * 1000L / rounds);
        List<ProcessMemory> after = new ArrayList<>();

        // When: an engine per round
        for (int i = 0; i < rounds; i++) {
            try (GenerationEngine engine = GenerationEngine.open(TestModels.tinyChat(), CONFIG)) {
                loadOn(engine, Instant.now().plus(round));
                if (i % 2 == 0) {
                    awaitTheEndOfAll();
                    Await.await("every slot is free")
                            .atMost(Duration.ofMinutes(1))
                            .until(() -> idle(engine.stats()));
                }
            }
            awaitTheEndOfAll();
            after.add(ProcessMemory.afterCollection());
            System.out.println("SoakIT: round " + i + ": " + after.get(i) + ", " + sent + " requests so far, "
                    + new TreeMap<>(outcomes));
        }

        // Then: flat after the warm-up of the first third. A leak raises the floor.
        ProcessMemory warm = ProcessMemory.floor(after.subList(rounds / 3, rounds * 2 / 3));
        ProcessMemory end = ProcessMemory.floor(after.subList(rounds * 2 / 3, rounds));
        assertThat(end.rssKib() - warm.rssKib()).as("RSS growth in KiB").isLessThan(32 << 10);
        assertThat(end.heapKib() - warm.heapKib()).as("heap growth in KiB").isLessThan(8 << 10);
        assertThat(outcomes.keySet())
                .contains("LENGTH", "STOP", "cancelled", "DEADLINE_EXCEEDED", "Invalid", "Aborted");
        assertThat(outcomes.keySet()).doesNotContain("Failed", "Dead", "Busy");
    }

    /** None is forgotten, also of an engine that was closed. */
    private void awaitTheEndOfAll() {
        Await.await("every request ends").atMost(Duration.ofMinutes(1)).until(() -> open.get() == 0);
    }

    private void loadOn(GenerationEngine engine, Instant end) throws InterruptedException {
        while (Instant.now().isBefore(end)) {
            if (open.get() < OUTSTANDING) {
                submit(engine);
            } else {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    private void submit(GenerationEngine engine) throws InterruptedException {
        GenerationRequest request = request("soak-" + sent++);
        open.incrementAndGet();
        Disposable running = engine.generate(request)
                .doFinally(signal -> open.decrementAndGet())
                .doOnCancel(() -> count("cancelled"))
                .subscribe(this::ended, error -> count(error.getClass().getSimpleName()));
        if (random.nextInt(4) == 0) {
            TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextInt(3000));
            running.dispose();
        }
    }

    private void ended(GenerationEvent event) {
        if (event instanceof GenerationEvent.Finished finished) {
            count(finished.choices().get(0).finishReason().name());
        }
    }

    private void count(String outcome) {
        outcomes.merge(outcome, 1, Integer::sum);
    }

    private GenerationRequest request(String id) {
        String text = "Prompt " + random.nextInt(50) + " of the soak test. ".repeat(random.nextInt(1, 12));
        Prompt prompt = random.nextBoolean()
                ? new Prompt.Text(text)
                : new Prompt.Chat(List.of(new Prompt.Message("user", text)));
        int tokens = random.nextInt(20) == 0 ? 400 : random.nextInt(1, 40);
        SamplingParams.Builder sampling = SamplingParams.builder()
                .maxTokens(tokens)
                .ignoreEos(true)
                .temperature(random.nextBoolean() ? 0 : 0.9)
                .n(random.nextInt(6) == 0 ? 3 : 1);
        switch (random.nextInt(12)) {
            case 0 ->
                sampling.constraint(new OutputConstraint.Choice(List.of("yes", "no", "maybe")))
                        .ignoreEos(false);
            case 1 ->
                sampling.constraint(new OutputConstraint.Regex("[a-z]{1," + random.nextInt(2, 30) + "}"))
                        .ignoreEos(false);
            case 2 -> sampling.logprobs(3).promptLogprobs(1);
            case 3 -> prompt = new Prompt.Text("x".repeat(5000)); // too long
            default -> {}
        }
        GenerationRequest.Task task = random.nextInt(15) == 0
                ? new GenerationRequest.Task.Classify(List.of("good", "bad"))
                : new GenerationRequest.Task.Generate();
        Instant deadline = random.nextInt(8) == 0 ? Instant.now().plusMillis(random.nextInt(60)) : null;
        return GenerationRequest.of(id, prompt, sampling.build())
                .withTask(task)
                .withPriority(random.nextInt(3))
                .withDeadline(deadline)
                .withUser("user-" + random.nextInt(4));
    }

    private static boolean idle(EngineStats stats) {
        return stats.running() == 0 && stats.waiting() == 0 && stats.backlogTokens() == 0;
    }
}
