package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Structure;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.core.publisher.Flux;

class NativeMemoryTest {
    private static final Path TINY = Path.of("src/test/resources/models/tiny-llama");
    private static final int WARM_UP = 3_000;
    private static final int REQUESTS = 10_000;
    private static final int ROUNDS = 5;
    private static final long LIMIT = 4L << 20;

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldNotGrowOverTenThousandRequests() {
        try (GenerationEngine engine = GenerationEngine.open(
                TINY, EngineConfig.defaults().withSlots(16).withMaxContextTokens(64))) {
            // Given: every size of batch and chunk has been seen
            run(engine, 0, WARM_UP);

            // When: the JVM's own allocations (its compilers' above all) come and go by megabytes, a leak comes every
            // time
            long[] grown = new long[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                long before = allocatedBytes();
                run(engine, WARM_UP, REQUESTS);
                grown[round] = allocatedBytes() - before;
            }
            System.out.println("native memory grew, round by round, by bytes: " + Arrays.toString(grown));
            Arrays.sort(grown);
            long median = grown[ROUNDS / 2];
            long mean = Arrays.stream(grown).sum() / ROUNDS;

            // Then: 500 bytes lost per request would be 5 MB a round, in the median as in the mean
            assertThat(Math.min(median, mean)).isLessThan(LIMIT);
            await().untilAsserted(() -> assertThat(engine.stats().running()).isZero()); // the last one was cancelled
        }
    }

    private static void run(GenerationEngine engine, int from, int count) {
        Flux.range(from, count)
                .flatMap(i -> engine.generate(request(i)).takeUntil(event -> i % 5 == 0), 32)
                .filter(event -> event instanceof GenerationEvent.Finished)
                .blockLast();
    }

    private static GenerationRequest request(int i) {
        SamplingParams.Builder sampling =
                SamplingParams.builder().maxTokens(i % 7).n(1 + i % 2);
        if (i % 3 == 0) {
            sampling.promptLogprobs(1).logprobs(1);
        }
        return GenerationRequest.of("r-" + i, new Prompt.Tokens(List.of(40 + i % 50, 50, 60, 70)), sampling.build());
    }

    /** Bytes that the C allocator has given out and not got back, mapped blocks included. */
    private static long allocatedBytes() {
        System.gc();
        MallInfo info = C.INSTANCE.mallinfo2();
        return info.uordblks + info.hblkhd;
    }

    private interface C extends Library {
        C INSTANCE = Native.load("c", C.class);

        MallInfo.ByValue mallinfo2();
    }

    /** {@code struct mallinfo2} of glibc 2.33 and later: ten numbers of type {@code size_t}. */
    @Structure.FieldOrder({
        "arena",
        "ordblks",
        "smblks",
        "hblks",
        "hblkhd",
        "usmblks",
        "fsmblks",
        "uordblks",
        "fordblks",
        "keepcost"
    })
    public static class MallInfo extends Structure {
        public long arena;
        public long ordblks;
        public long smblks;
        public long hblks;
        public long hblkhd;
        public long usmblks;
        public long fsmblks;
        public long uordblks;
        public long fordblks;
        public long keepcost;

        public static class ByValue extends MallInfo implements Structure.ByValue {}
    }
}
