package io.causalstreams.app.internal.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.models.KnownModel.KnownFile;
import io.causalstreams.inference.Embedding;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** Looks whether a model on disk is what it should be. */
public final class ModelVerification {
    private ModelVerification() {}

    /** What was found. */
    public record Verdict(boolean ok, String text) {}

    /** Compares a downloaded checkpoint with the digests this version knows. */
    static Verdict ofDownload(KnownModel model, Path directory) throws IOException {
        for (KnownFile file : model.files()) {
            Path path = directory.resolve(file.name());
            if (!Files.exists(path)) {
                return new Verdict(false, model.alias() + ": " + file.name() + " is not downloaded");
            }
            String digest = Sha256.of(path);
            if (!digest.equals(file.sha256())) {
                return new Verdict(
                        false, model.alias() + ": " + path + " has SHA-256 " + digest + ", expected " + file.sha256());
            }
        }
        return new Verdict(true, model.alias() + ": " + model.checkpointIn(directory));
    }

    /** Compares every file with the digest in {@code export.json}, then loads the model and scores a few tokens. */
    static Verdict ofExport(Path directory) {
        try {
            Optional<String> damage = ExportedModel.isComplete(directory) ? damage(directory) : Optional.empty();
            return damage.isPresent()
                    ? new Verdict(false, directory + ": " + damage.get())
                    : new Verdict(true, directory + ": " + selfTest(directory));
        } catch (IOException | RuntimeException e) {
            return new Verdict(false, directory + ": " + ErrorLine.of(e));
        }
    }

    private static Optional<String> damage(Path directory) throws IOException {
        JsonNode files = new ObjectMapper()
                .readTree(directory.resolve("export.json").toFile())
                .path("files");
        for (Map.Entry<String, JsonNode> file : files.properties()) {
            Path path = directory.resolve(file.getKey());
            if (!Files.exists(path)) {
                return Optional.of(file.getKey() + " is missing");
            }
            if (!Sha256.of(path).equals(file.getValue().path("sha256").asText())) {
                return Optional.of(file.getKey() + " has changed since the export");
            }
        }
        return Optional.empty();
    }

    private static String selfTest(Path directory) {
        EngineConfig small = EngineConfig.defaults().withSlots(1).withMaxContextTokens(16);
        try (GenerationEngine engine = GenerationEngine.open(directory, small)) {
            GenerationEvent last = engine.generate(possible(engine)).blockLast();
            if (!(last instanceof GenerationEvent.Finished finished)) {
                throw new IllegalStateException("the model gave no answer");
            }
            double[] numbers = numbers(finished);
            if (numbers.length == 0) {
                throw new IllegalStateException("the model gave no scores");
            }
            if (!Arrays.stream(numbers).allMatch(Double::isFinite)) {
                throw new IllegalStateException("the model gives scores that are not finite");
            }
            return engine.model().name() + " " + engine.model().precision() + ", fingerprint "
                    + engine.model().fingerprint();
        }
    }

    /** The first of a request for scores of tokens, a vector, scores of documents that is of the model's kind. */
    private static GenerationRequest possible(GenerationEngine engine) {
        SamplingParams score = SamplingParams.builder()
                .temperature(0)
                .maxTokens(2)
                .ignoreEos(true)
                .promptLogprobs(0)
                .build();
        List<GenerationRequest> requests = List.of(
                GenerationRequest.of("self-test", new Prompt.Tokens(List.of(1, 2, 3, 4)), score),
                GenerationRequest.embed("a").withId("self-test"),
                GenerationRequest.rerank("a", List.of("b")).withId("self-test"));
        for (GenerationRequest request : requests) {
            try {
                engine.prepare(request);
                return request;
            } catch (GenerationException.Invalid e) {
                if (!"task".equals(e.parameter())) {
                    throw e;
                }
            }
        }
        throw new IllegalStateException("the model takes no request that is known here");
    }

    private static double[] numbers(GenerationEvent.Finished finished) {
        if (finished.promptLogprobs() != null) {
            return finished.promptLogprobs().stream()
                    .filter(Objects::nonNull)
                    .mapToDouble(each -> each.logprob())
                    .toArray();
        }
        Embedding embedding = finished.embedding();
        if (embedding != null) {
            return IntStream.range(0, embedding.dimensions())
                    .mapToDouble(embedding::at)
                    .toArray();
        }
        List<Double> ranking = finished.ranking();
        return ranking == null
                ? new double[0]
                : ranking.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
