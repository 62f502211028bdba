package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.app.internal.replay.RecordedPrompt;
import io.causalstreams.app.internal.replay.Replay;
import io.causalstreams.app.internal.replay.ReplayReport;
import io.causalstreams.export.AdapterConversion;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.OnnxExporter;
import io.causalstreams.export.Precision;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two adapters over recorded prompts, with a tiny model. */
class ReplayIT {
    private static final Path ADAPTER = Path.of("../fine-tuning/src/test/resources/goldens/llama-tied");

    /** In letters, so that the answer's text has the tokens that were generated. */
    private static final String PROMPT =
            "{\"id\": \"r%d\", \"prompt\": \"Question %d\", \"max_tokens\": 12, \"temperature\": 0,"
                    + " \"structured_outputs\": {\"regex\": \"[a-z]{12}\"}}";

    @TempDir
    Path directory;

    @Test
    void shouldCompareTheirAnswersAndScoreTheRecordedOnesByBoth() {
        // Given: what the adapter answers
        Path checkpoint = TestModels.tinyChatCheckpoint();
        Path model = directory.resolve("model");
        OnnxExporter.export(checkpoint, model, ExportOptions.of(Precision.FP32).withAdaptable(true));
        Path file = directory.resolve("adapter.safetensors");
        AdapterConversion.convert(checkpoint, ADAPTER, model, file);
        EngineConfig config =
                EngineConfig.defaults().withSlots(4).withMaxContextTokens(256).withIntraOpThreads(1);
        try (GenerationEngine engine = GenerationEngine.open(model, config)) {
            engine.loadAdapter("tuned", file);
            List<RecordedPrompt> prompts = IntStream.range(0, 6)
                    .mapToObj(i -> read(PROMPT.formatted(i, i)))
                    .toList();
            List<Replay.Compared> recorded = new ArrayList<>();
            new Replay(engine, "tuned", null, 4).run(prompts, recorded::add);
            List<RecordedPrompt> answered = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                RecordedPrompt prompt = prompts.get(i);
                String answer =
                        Objects.requireNonNull(recorded.get(i).adapter()).answer();
                answered.add(new RecordedPrompt(prompt.id(), prompt.prompt(), answer));
            }
            answered.add(
                    read("{\"id\": \"long\", \"prompt\": \"%s\", \"completion\": \"x\"}".formatted("x".repeat(300))));

            // When
            ReplayReport report = new Replay(engine, "tuned", null, 4).run(answered, each -> {});
            ReplayReport itself = new Replay(engine, "tuned", "tuned", 4).run(answered, each -> {});

            // Then
            assertThat(report.prompts()).isEqualTo(7);
            assertThat(report.failed()).as("too long to be asked").isEqualTo(1);
            assertThat(report.adapter().exact()).isEqualTo(6);
            assertThat(report.against().exact()).isLessThan(6);
            assertThat(report.adapter().logprob()).isCloseTo(expected(engine, answered, "tuned"), within(1e-4));
            assertThat(report.against().logprob()).isCloseTo(expected(engine, answered, null), within(1e-4));
            assertThat(itself.same()).isEqualTo(6);
            assertThat(itself.adapter().logprob()).isCloseTo(itself.against().logprob(), within(1e-4));
            assertThat(report.text("tuned", "base"))
                    .contains("7 prompts, ", ", 1 that cannot be asked", "tuned ", "exact 6", "perplexity");
        }
    }

    /** Mean over the first six of the mean log-probability of their answers' tokens, which are their bytes. */
    private static double expected(GenerationEngine engine, List<RecordedPrompt> answered, @Nullable String adapter) {
        return answered.subList(0, 6).stream()
                .mapToDouble(each -> {
                    String answer = Objects.requireNonNull(each.answer());
                    GenerationRequest asked = each.prompt().toRequest("x");
                    List<Integer> tokens = new ArrayList<>(engine.prepare(asked).promptTokenIds());
                    tokens.addAll(
                            engine.prepare(GenerationRequest.text(answer, 0)).promptTokenIds());
                    List<Double> scores = Generations.promptLogprobs(Generations.run(
                            engine, Generations.score("s", tokens).withAdapter(adapter)));
                    return scores.subList(scores.size() - answer.length(), scores.size()).stream()
                            .mapToDouble(Double::doubleValue)
                            .average()
                            .orElseThrow();
                })
                .average()
                .orElseThrow();
    }

    @Test
    void shouldReadEventsAndRecordsToLearnFrom() {
        assertThat(read("{\"prompt\": \"a\"}").answer()).isNull();
        assertThat(read("{\"prompt\": \"a\", \"label\": \"b\"}").answer()).isEqualTo("b");
        RecordedPrompt chat = read(
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}");
        assertThat(chat.answer()).isEqualTo("b");
        assertThat(chat.prompt().prompt().toString()).doesNotContain("assistant");
        assertThat(chat.id()).isEqualTo("line-1");
    }

    private static RecordedPrompt read(String json) {
        return RecordedPrompt.read("line-1", json.getBytes(StandardCharsets.UTF_8));
    }
}
