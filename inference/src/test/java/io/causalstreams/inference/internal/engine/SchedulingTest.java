package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedulingTest {
    private static final EngineConfig CONFIG = EngineHarness.CONFIG.withPrefillChunkTokens(10);

    @Test
    void shouldNotHoldUpOthersForMoreThanOneChunkOfALongPrompt() {
        // Given
        EngineHarness engine = new EngineHarness(CONFIG);
        Recorder talking = engine.submit("r-1", "Hello", endless(60));
        engine.step();

        // When
        Recorder listening = engine.submit("r-2", "x".repeat(100), endless(5));

        // Then: a token in every step, whatever of the long prompt is computed beside it
        int steps = 0;
        while (listening.chunks.isEmpty()) {
            int before = talking.chunks.size();
            engine.step();
            steps++;
            assertThat(talking.chunks).hasSize(before + 1);
        }
        assertThat(steps).isEqualTo(10);
        assertThat(engine.model.passes).doesNotContain("prefill 11").contains("prefill 10");
    }

    @Test
    void shouldTakeAnUrgentRequestBeforeThoseThatWait() {
        // Given
        EngineHarness engine = new EngineHarness(CONFIG.withSlots(1));
        List<String> order = new ArrayList<>();
        submit(engine, order, "patient", 5, "");
        submit(engine, order, "urgent", -5, "");
        submit(engine, order, "normal", 0, "");

        // When
        engine.drain();

        // Then
        assertThat(order).containsExactly("urgent", "normal", "patient");
    }

    @Test
    void shouldGiveTheSlotOfAPatientRequestToAnUrgentOneAndFinishBoth() {
        // Given
        EngineHarness engine = new EngineHarness(CONFIG.withSlots(1));
        GenerationRequest patient = request("patient", 5, "", 20);
        Recorder first = engine.submit(patient);
        engine.step();
        engine.step();
        engine.step();

        // When
        Recorder urgent = engine.submit(request("urgent", 0, "", 4));
        engine.step();

        // Then
        assertThat(urgent.chunks).hasSize(1);
        engine.drain();
        assertThat(engine.loop.stats().preemptions()).isEqualTo(1);
        assertThat(first.finished().choices())
                .isEqualTo(EngineHarness.alone(CONFIG, patient).finished().choices());
        assertThat(first.emittedTokens(0)).isEqualTo(first.choice(0).tokenIds());
    }

    @Test
    void shouldShareTheEngineBetweenUsersNotBetweenRequests() {
        // Given: one user with many requests, another who comes later with few
        EngineHarness engine = new EngineHarness(CONFIG.withSlots(1));
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            submit(engine, order, "many-" + i, 0, "many");
        }
        engine.step();
        submit(engine, order, "few-0", 0, "few");
        submit(engine, order, "few-1", 0, "few");

        // When
        engine.drain();

        // Then
        assertThat(order.indexOf("few-1")).isLessThanOrEqualTo(4);
        assertThat(order).hasSize(8);
    }

    private static void submit(EngineHarness engine, List<String> order, String id, int priority, String user) {
        GenerationListener listener = new GenerationListener() {
            @Override
            public void onTokens(GenerationEvent.TokenChunk tokens) {}

            @Override
            public void onFinished(GenerationEvent.Finished finished) {
                order.add(id);
            }

            @Override
            public void onFailed(GenerationException error) {
                throw error;
            }
        };
        engine.submit(request(id, priority, user, 6), listener);
    }

    private static GenerationRequest request(String id, int priority, String user, int tokens) {
        return GenerationRequest.of(id, new Prompt.Text("prompt"), endless(tokens))
                .withPriority(priority)
                .withUser(user);
    }

    private static SamplingParams endless(int tokens) {
        return SamplingParams.builder()
                .temperature(0)
                .maxTokens(tokens)
                .ignoreEos(true)
                .build();
    }
}
