package io.causalstreams.inference.internal.model;

import io.causalstreams.inference.GenerationException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory with the files of {@code docs/graph-contract.md}, all present. */
public record ModelDirectory(Path path) {

    /**
     * Checks that the files are there.
     *
     * @throws GenerationException.Failed naming what is missing
     */
    public static ModelDirectory at(Path path) {
        if (!Files.isDirectory(path)) {
            throw new GenerationException.Failed(
                    "model " + path + ": no such directory; export a checkpoint to it first", null);
        }
        ModelDirectory directory = new ModelDirectory(path);
        for (String name : new String[] {"export.json", "model.onnx", "tokenizer.json"}) {
            if (!Files.isRegularFile(path.resolve(name))) {
                throw new GenerationException.Failed(
                        "model " + path + ": " + name + " is missing, so it is no finished export; export it again",
                        null);
            }
        }
        return directory;
    }

    /** The graph; large weights may lie beside it. */
    public Path graph() {
        return path.resolve("model.onnx");
    }
}
