package io.causalstreams.inference.internal.onnx.runtime;

import io.causalstreams.inference.GenerationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory the engine can open: an export of ours, or a foreign one; both in {@code docs/graph-contract.md}.
 *
 * @param path where the tokenizer and the configuration lie
 * @param graph the graph; large weights may lie beside it
 * @param exported whether {@code export.json} says that an export of ours was finished
 */
public record ModelDirectory(Path path, Path graph, boolean exported) {

    /**
     * Finds the graph, and checks that the files are there.
     *
     * @throws GenerationException.Failed naming what is missing
     */
    public static ModelDirectory at(Path path) {
        if (!Files.isDirectory(path)) {
            throw new GenerationException.Failed(
                    "model " + path + ": no such directory; export a checkpoint to it first", null);
        }
        boolean exported = Files.isRegularFile(path.resolve("export.json"));
        if (exported) {
            require(path, "model.onnx", "so it is no finished export; export it again");
        } else if (!Files.isRegularFile(path.resolve(ModelFiles.CONFIG))
                && !Files.isRegularFile(path.resolve(ModelFiles.GENAI_CONFIG))) {
            throw new GenerationException.Failed(
                    "model " + path
                            + ": there is neither export.json nor config.json nor genai_config.json, so it is no"
                            + " finished export; export a checkpoint to it",
                    null);
        }
        require(path, "tokenizer.json", "so no text can be read; add it or export the checkpoint again");
        return new ModelDirectory(path, exported ? path.resolve("model.onnx") : foreignGraph(path), exported);
    }

    /** Bytes of the graph and of the weights beside it. */
    public long weightBytes() {
        String name = String.valueOf(graph.getFileName());
        try (Stream<Path> beside = Files.list(graph.toAbsolutePath().resolveSibling(""))) {
            return beside.filter(file -> String.valueOf(file.getFileName()).startsWith(name))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void require(Path path, String name, String what) {
        if (!Files.isRegularFile(path.resolve(name))) {
            throw new GenerationException.Failed("model " + path + ": " + name + " is missing, " + what, null);
        }
    }

    /** What genai_config.json names, else model.onnx, here or in onnx/, else the only graph there is. */
    private static Path foreignGraph(Path path) {
        List<Path> candidates = new ArrayList<>();
        @Nullable
        String named = ModelFiles.read(path, ModelFiles.GENAI_CONFIG)
                .at("/model/decoder/filename")
                .textValue();
        if (named != null) {
            candidates.add(path.resolve(named));
        }
        candidates.add(path.resolve("model.onnx"));
        candidates.add(path.resolve("onnx").resolve("model.onnx"));
        for (Path candidate : candidates) {
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        List<Path> graphs = new ArrayList<>(graphsIn(path));
        graphs.addAll(graphsIn(path.resolve("onnx")));
        if (graphs.size() == 1) {
            return graphs.get(0);
        }
        throw new GenerationException.Failed(
                graphs.isEmpty()
                        ? "model " + path
                                + ": there is no model.onnx, here or in onnx/; export a checkpoint to it first"
                        : "model " + path + ": none of " + graphs.size()
                                + " graphs is model.onnx; rename the one to use," + " for example " + graphs.get(0),
                null);
    }

    private static List<Path> graphsIn(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
