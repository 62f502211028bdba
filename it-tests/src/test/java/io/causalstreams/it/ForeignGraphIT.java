package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Graphs made by Optimum and by onnxruntime-genai's builder from the tiny checkpoints, in the engine as they are; how they
 * were made is in {@code src/test/python/foreign_graphs.py}.
 */
class ForeignGraphIT {
    private static final Path FOREIGN = Path.of("src/test/resources/foreign");
    private static final EngineConfig CONFIG =
            EngineConfig.defaults().withSlots(8).withMaxContextTokens(64).withPrefillChunkTokens(5);

    @ParameterizedTest
    @CsvSource({
        "optimum-llama-tied, llama-tied, 1e-3",
        "optimum-mistral-swa, mistral-swa, 1e-3", // a window: padding must not count as distance
        "optimum-gemma3, gemma3, 1e-3", // no position_ids
        "optimum-gpt2, gpt2, 1e-3", // learned positions
        "genai-qwen3, qwen3, 1e-3", // norms between projection and cache
        "genai-gemma2, gemma2, 5e-3", // soft caps in the attention operator: the graph itself is 2e-3 off
        "genai-gemma2-fp16, gemma2, 1e-2", // made for CUDA: weights, cache in place and logits float16
        "optimum-llama-tied-fp16, llama-tied, 1e-2", // float16 cache and logits
        "optimum-llama-tied-fp16-inside, llama-tied, 1e-2", // float32 cache and logits
    })
    void shouldScoreAndDecodeAsTheOracleDoes(String directory, String checkpoint, double tolerance) {
        try (GenerationEngine engine = GenerationEngine.open(FOREIGN.resolve(directory), CONFIG)) {
            // Given
            Goldens.Case golden = Goldens.tiny(checkpoint);
            GenerationRequest score = Generations.score("score", golden.promptIds());
            GenerationRequest greedy = Generations.greedy("greedy", golden.promptIds(), clearSteps(golden));

            // When
            List<Finished> results = Generations.runAll(engine, List.of(score, greedy));

            // Then
            golden.requireNear(Generations.promptLogprobs(results.get(0)), tolerance);
            assertThat(Generations.tokens(results.get(1)))
                    .isEqualTo(golden.greedyIds().subList(0, clearSteps(golden)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "optimum-gpt2-quantized, gpt2, 0.3", // DynamicQuantizeLinear and MatMulInteger; found: 0.11
        "optimum-gpt2-q4, gpt2, 1", // MatMulNBits; found: 0.36
    })
    void shouldScoreNearTheOracleWithFewerBits(String directory, String checkpoint, double tolerance) {
        try (GenerationEngine engine = GenerationEngine.open(FOREIGN.resolve(directory), CONFIG)) {
            // Given
            Goldens.Case golden = Goldens.tiny(checkpoint);

            // When
            Finished finished = Generations.run(engine, Generations.score("score", golden.promptIds()));

            // Then
            golden.requireNear(Generations.promptLogprobs(finished), tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "optimum-llama-tied, llama-tied",
        "optimum-mistral-swa, mistral-swa",
        "optimum-gemma3, gemma3",
        "optimum-gpt2, gpt2",
        "genai-qwen3, qwen3",
        "genai-gemma2, gemma2",
        "optimum-llama-tied-fp16, llama-tied",
        "optimum-gpt2-quantized, gpt2", // one step of quantisation for a whole tensor: a pass for every row
        "optimum-gpt2-q4, gpt2",
    })
    void shouldGiveSameTokensBatchedAndAlone(String directory, String checkpoint) {
        // Given: prompts of all lengths, more of them than slots, completions that end at different steps
        List<Integer> ids = Goldens.tiny(checkpoint).allIds();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int request = 0; request < 14; request++) {
            List<Integer> prompt = ids.subList(request, request + 1 + (request * 5) % 14);
            requests.add(GenerationRequest.of(
                    "r" + request,
                    new Prompt.Tokens(prompt),
                    SamplingParams.builder()
                            .temperature(request % 2)
                            .seed(7L)
                            .maxTokens(10 + request)
                            .ignoreEos(true)
                            .logprobs(0)
                            .build()));
        }
        List<Finished> alone = new ArrayList<>();
        for (GenerationRequest request : requests) {
            try (GenerationEngine engine = GenerationEngine.open(FOREIGN.resolve(directory), CONFIG.withSlots(1))) {
                alone.add(Generations.run(engine, request));
            }
        }
        try (GenerationEngine engine = GenerationEngine.open(FOREIGN.resolve(directory), CONFIG)) {

            // When
            List<Finished> batched = Generations.runAll(engine, requests);

            // Then
            for (int i = 0; i < requests.size(); i++) {
                assertThat(Generations.tokens(batched.get(i)))
                        .as(requests.get(i).id())
                        .isEqualTo(Generations.tokens(alone.get(i)));
                assertThat(Generations.logprobs(batched.get(i)))
                        .as(requests.get(i).id())
                        .usingComparatorForType((a, b) -> Math.abs(a - b) < 1e-4 ? 0 : a.compareTo(b), Double.class)
                        .containsExactlyElementsOf(Generations.logprobs(alone.get(i)));
            }
        }
    }

    /** As many as a difference of 0.01 in the logits cannot change. */
    private static int clearSteps(Goldens.Case golden) {
        return (int)
                golden.margins().stream().takeWhile(margin -> margin >= 0.02).count();
    }

    @Test
    void shouldReadTheFactsOfADirectoryWithoutOurs() {
        try (GenerationEngine engine = GenerationEngine.open(FOREIGN.resolve("genai-qwen3"), EngineConfig.defaults())) {
            assertThat(engine.model().name()).isEqualTo("genai-qwen3");
            assertThat(engine.model().precision()).isEqualTo("fp32");
            assertThat(engine.model().vocabularySize()).isEqualTo(256);
            assertThat(engine.model().maxContextTokens()).isEqualTo(128);
            assertThat(engine.model().fingerprint()).matches("[0-9a-f]{16}");
        }
    }

    @Test
    void shouldOpenAGraphInTheOnnxFolder(@TempDir Path directory) throws Exception {
        // Given
        Path onnx = Files.createDirectory(directory.resolve("onnx"));
        try (Stream<Path> files = Files.list(FOREIGN.resolve("optimum-llama-tied"))) {
            for (Path file : files.toList()) {
                boolean graph = file.getFileName().toString().startsWith("model.onnx");
                Files.copy(file, (graph ? onnx : directory).resolve(file.getFileName()));
            }
        }

        // When
        ModelSource source = ModelSource.parse(directory.toString());

        // Then
        assertThat(source).isEqualTo(new ModelSource.Exported(directory));
        GenerationEngine.open(directory, CONFIG).close();
    }

    @ParameterizedTest
    @CsvSource({
        "refused-without-cache, has no inputs past_key_values.N.key",
        "refused-merged, use_cache_branch",
        "genai-llama-tied, heads of 8",
        "refused-in-a-step, cannot run it",
    })
    void shouldSayWhatItCannotRun(String directory, String reason) {
        assertThatThrownBy(() -> GenerationEngine.open(FOREIGN.resolve(directory), CONFIG)
                        .close())
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining(directory)
                .hasMessageContaining(reason);
    }
}
