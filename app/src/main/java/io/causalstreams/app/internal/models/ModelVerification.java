package io.causalstreams.app.internal.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks whether a model on disk is what it should be. */
public final class ModelVerification {
    private ModelVerification() {}

    /** What was found. */
    public record Verdict(boolean ok, String text) {}

    /** Compares a downloaded checkpoint with the digest this version knows. */
    static Verdict ofDownload(KnownModel model, Path checkpoint) throws IOException {
        if (!Files.exists(checkpoint)) {
            return new Verdict(false, model.alias() + ": not downloaded");
        }
        String digest = Sha256.of(checkpoint);
        return digest.equals(model.sha256())
                ? new Verdict(true, model.alias() + ": " + checkpoint)
                : new Verdict(
                        false,
                        model.alias() + ": " + checkpoint + " has SHA-256 " + digest + ", expected " + model.sha256());
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
            Prompt prompt = new Prompt.Tokens(List.of(1, 2, 3, 4));
            SamplingParams score = SamplingParams.builder()
                    .temperature(0)
                    .maxTokens(2)
                    .ignoreEos(true)
                    .promptLogprobs(0)
                    .build();
            GenerationEvent last = engine.generate(GenerationRequest.of("self-test", prompt, score))
                    .blockLast();
            if (!(last instanceof GenerationEvent.Finished finished) || finished.promptLogprobs() == null) {
                throw new IllegalStateException("the model gave no scores");
            }
            boolean finite = finished.promptLogprobs().stream()
                    .allMatch(each -> each == null || Double.isFinite(each.logprob()));
            if (!finite) {
                throw new IllegalStateException("the model gives scores that are not finite");
            }
            return engine.model().name() + " " + engine.model().precision() + ", fingerprint "
                    + engine.model().fingerprint();
        }
    }
}
