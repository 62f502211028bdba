package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Usage;
import io.causalstreams.testkit.ScriptedEngine;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a prompt costs the stream thread; {@code docs/performance.md} has the figures. */
class PromptCostTest {

    private static final int PROMPTS = 200;

    private final CountingEngine engine = new CountingEngine();

    @Test
    void shouldHaveTheEngineReadAPromptOnce() {
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            // When
            driver.send("k", "{\"id\":\"a\",\"prompt\":\"x\"}");
            driver.advance(10);

            // Then
            assertThat(driver.completion().error()).isNull();
            assertThat(engine.prepared).isEqualTo(1);
        }
    }

    @Test
    void shouldHaveTheEngineReadATurnOnceWithThoseBeforeIt() {
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            // When
            for (String turn : List.of("Hi", "Why")) {
                driver.send("k", turn(turn));
                driver.advance(10);
            }

            // Then
            assertThat(driver.completionEvents()).hasSize(2);
            assertThat(engine.prepared).isEqualTo(2);
        }
    }

    @Test
    void shouldHaveTheEngineReadATurnAgainThatWaitsForOneBeforeIt() {
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            // When
            driver.send("k", turn("Hi"));
            driver.send("k", turn("Why"));
            driver.advance(10);
            driver.advance(10);

            // Then
            assertThat(driver.completionEvents()).hasSize(2);
            assertThat(engine.prepared).isEqualTo(3);
        }
    }

    /** Parsing, the journal, its changelog and the driver copy a prompt, the engine here does not. */
    @Test
    void shouldAllocateNoMoreForALongerPromptThanReadingItOnceTakes() {
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            // Given
            allocated(driver, 1_000);

            // When
            long small = allocated(driver, 1_000);
            long large = allocated(driver, 17_000);

            // Then
            double perByte = (large - small) / 16_000.0;
            System.out.printf(
                    "a prompt of 1000 bytes: %d bytes allocated, %.1f for each further one%n", small, perByte);
            assertThat(perByte).isLessThan(9);
        }
    }

    private static String turn(String text) {
        return "{\"session_id\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    }

    /** Bytes allocated by this thread for a prompt of so many bytes and its answer of one token. */
    private static long allocated(OperatorDriver driver, int bytes) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        String prompt = "{\"prompt\":\"" + "lorem ipsum ".repeat(bytes / 12) + "\"}";
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < PROMPTS; i++) {
            driver.send("k", prompt);
            driver.advance(10);
            assertThat(driver.tokens.readValuesToList()).hasSize(1);
            assertThat(driver.completions.readValuesToList()).hasSize(1);
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / PROMPTS;
    }

    /** Counts what it prepares, reads nothing of it, and says one word at once. */
    private static final class CountingEngine extends ForwardingEngine {
        private static final TokenChunk TOKENS = new TokenChunk(0, 0, List.of(1), "Yes.", null);
        private static final Finished FINISHED = new Finished(
                List.of(new Choice(0, "Yes.", List.of(1), FinishReason.STOP, null, null)),
                new Usage(1, 1, 0),
                List.of(1),
                null,
                null);

        int prepared;

        CountingEngine() {
            super(ScriptedEngine.saying("Yes."));
        }

        @Override
        public PreparedRequest prepare(GenerationRequest request) {
            prepared++;
            return new Prepared(request, 1);
        }

        @Override
        public Generation generate(PreparedRequest request, GenerationListener listener) {
            listener.onTokens(TOKENS);
            listener.onFinished(FINISHED);
            return () -> {};
        }
    }

    private record Prepared(GenerationRequest request, int promptTokens) implements PreparedRequest {
        @Override
        public List<Integer> promptTokenIds() {
            return Collections.nCopies(promptTokens, 1);
        }

        @Override
        public Prepared resumedFrom(List<List<Integer>> tokens) {
            return new Prepared(request.resumedFrom(tokens), promptTokens);
        }

        @Override
        public Prepared withDeadline(@Nullable Instant deadline) {
            return new Prepared(request.withDeadline(deadline), promptTokens);
        }
    }
}
