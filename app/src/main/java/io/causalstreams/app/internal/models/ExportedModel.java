package io.causalstreams.app.internal.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.export.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an exported directory says of itself in {@code export.json}, which is written last. */
public final class ExportedModel {
    private static final String MANIFEST = "export.json";

    private ExportedModel() {}

    static boolean isComplete(Path directory) {
        return Files.exists(directory.resolve(MANIFEST));
    }

    /** The matrices that are finer than the rest, as a line for people; empty if none were chosen by measurement. */
    public static String mix(Path directory) throws IOException {
        JsonNode mixed = new ObjectMapper()
                .readTree(directory.resolve(MANIFEST).toFile())
                .path("mixed");
        if (mixed.isMissingNode()) {
            return "";
        }
        List<String> finer = new ArrayList<>();
        mixed.path("finer").forEach(name -> finer.add(name.asText()));
        return String.format(
                Locale.ROOT,
                "KL on the calibration text %.4f, before %.4f; finer: %s%n",
                mixed.path("kl_divergence").asDouble(),
                mixed.path("kl_divergence_before").asDouble(),
                finer.isEmpty() ? "nothing" : String.join(", ", finer));
    }

    /** Makes the directory incomplete. */
    static void invalidate(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(MANIFEST));
    }

    /** @throws AppException if the directory says that it was exported to another precision */
    static void requirePrecision(Path directory, Precision wanted) throws IOException {
        Path manifest = directory.resolve(MANIFEST);
        if (!Files.exists(manifest)) {
            return;
        }
        JsonNode precision = new ObjectMapper().readTree(manifest.toFile()).path("precision");
        if (precision.isTextual() && !precision.textValue().equals(wanted.id())) {
            throw new AppException(directory + " is exported to " + precision.textValue()
                    + "; leave --precision out, or export" + " the checkpoint to " + wanted.id());
        }
    }
}
