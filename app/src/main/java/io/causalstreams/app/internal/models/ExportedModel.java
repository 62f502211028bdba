package io.causalstreams.app.internal.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.export.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What an exported directory says of itself in {@code export.json}, which is written last. */
final class ExportedModel {
    private static final String MANIFEST = "export.json";

    private ExportedModel() {}

    static boolean isComplete(Path directory) {
        return Files.exists(directory.resolve(MANIFEST));
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
