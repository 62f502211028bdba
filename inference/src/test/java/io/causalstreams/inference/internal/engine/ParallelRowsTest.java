package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ParallelRowsTest {

    @Test
    void shouldDoEveryRowOnce() {
        ParallelRows rows = new ParallelRows(3);
        for (int round = 0; round < 200; round++) {
            AtomicIntegerArray calls = new AtomicIntegerArray(round);

            rows.forEach(round, calls::incrementAndGet);

            for (int row = 0; row < round; row++) {
                assertThat(calls.get(row)).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldShareRowsAmongThreads() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch together = new CountDownLatch(3);

        new ParallelRows(3).forEach(3, row -> {
            threads.add(Thread.currentThread());
            together.countDown();
            await(together);
        });

        assertThat(threads).hasSize(3).contains(Thread.currentThread());
    }

    @Test
    void shouldDoTheOtherRowsAndThenFailWithTheRowThatFailed() {
        AtomicIntegerArray calls = new AtomicIntegerArray(8);

        assertThatThrownBy(() -> new ParallelRows(2).forEach(8, row -> {
                    calls.incrementAndGet(row);
                    if (row == 3) {
                        throw new IllegalStateException("row 3");
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("row 3");

        assertThat(calls).hasToString("[1, 1, 1, 1, 1, 1, 1, 1]");
    }

    @Test
    void shouldGiveSameTokensWithOneThreadAndWithMany() {
        assertThat(texts(4)).isEqualTo(texts(1)).doesNotHaveDuplicates();
    }

    /** Of 8 requests that decode together, with so many logits that their rows are shared. */
    private static List<String> texts(int threads) {
        EngineConfig config = EngineConfig.defaults().withSlots(8).withIntraOpThreads(threads);
        ScriptedLm model = new ScriptedLm(8, 128, 1 << 16)
                .scripted((tokens, row) -> Arrays.fill(row, AsciiTokenizer.SIZE, row.length, Float.NEGATIVE_INFINITY));
        EngineHarness harness = new EngineHarness(config, model);
        List<Recorder> recorders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SamplingParams.Builder sampling =
                    SamplingParams.builder().maxTokens(20).ignoreEos(true).seed(7L + i);
            SamplingParams params = switch (i % 4) {
                case 0 -> sampling.temperature(0).build();
                case 1 -> sampling.topP(0.9).build();
                case 2 -> sampling.topK(5).logprobs(2).build();
                default -> sampling.temperature(1.3).build();
            };
            recorders.add(harness.submit("request-" + i, "prompt " + i, params));
        }
        harness.drain();
        return recorders.stream().map(recorder -> recorder.emittedText(0)).toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
