package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.export.OnnxExporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code --model SRC} means. */
public sealed interface ModelSource {

    /** A short name for files and messages. */
    String label();

    /** A directory the engine opens as it is: an export of ours, or of Optimum or onnxruntime-genai. */
    record Exported(Path directory) implements ModelSource {
        @Override
        public String label() {
            return nameOf(directory);
        }
    }

    /** A checkpoint on this machine: a GGUF file, or a directory with {@code config.json} and weights, or all parts of a GGUF model. */
    record Checkpoint(Path path) implements ModelSource {
        @Override
        public String label() {
            return nameOf(path).replaceFirst("(?i)\\.gguf$", "");
        }
    }

    /** A repository on the hub. */
    record Hub(String repository, @Nullable String revision) implements ModelSource {
        @Override
        public String label() {
            return repository.substring(repository.indexOf('/') + 1);
        }
    }

    /** One of {@link KnownModel#all()}. */
    record Known(KnownModel model) implements ModelSource {
        @Override
        public String label() {
            return model.alias();
        }
    }

    /**
     * Finds out what {@code source} is: an alias, else a file or directory that exists, else a hub name.
     *
     * @throws AppException if it is nothing of these, or a directory without a model
     */
    static ModelSource parse(String source) {
        Optional<KnownModel> known = KnownModel.find(source);
        if (known.isPresent()) {
            return new Known(known.get());
        }
        Path path = Path.of(source);
        if (Files.isDirectory(path)) {
            return ofDirectory(path);
        }
        if (Files.exists(path)) {
            return file(path);
        }
        Matcher hub = Syntax.HUB.matcher(source);
        if (hub.matches() && !source.endsWith(".gguf")) {
            return new Hub(hub.group(1), hub.group(2));
        }
        throw new AppException(
                "no model '" + source + "': there is no such file or directory, and no alias of that name ("
                        + KnownModel.all().stream().map(KnownModel::alias).collect(Collectors.joining(", ")) + ")");
    }

    /** What lies in a directory. @throws AppException if that is no model */
    static ModelSource ofDirectory(Path directory) {
        if (Files.exists(directory.resolve("model.onnx")) || Files.exists(directory.resolve("genai_config.json"))) {
            return new Exported(directory);
        }
        boolean weights = holds(directory, ".safetensors");
        if (!weights && (holds(directory, ".onnx") || holds(directory.resolve("onnx"), ".onnx"))) {
            return new Exported(directory);
        }
        if (weights || Files.exists(directory.resolve("config.json"))) {
            return new Checkpoint(directory);
        }
        List<Path> ggufs = filesIn(directory, ".gguf");
        if (ggufs.size() == 1) {
            return new Checkpoint(ggufs.get(0));
        }
        if (ggufs.size() > 1 && OnnxExporter.holdsOneGguf(directory)) {
            return new Checkpoint(directory);
        }
        if (ggufs.size() > 1) {
            throw new AppException(
                    directory + " holds " + ggufs.size() + " .gguf files; name one, for example " + ggufs.get(0));
        }
        throw new AppException(directory
                + " holds no model: expected model.onnx (exported), config.json with *.safetensors, or a .gguf file");
    }

    private static ModelSource file(Path file) {
        String name = nameOf(file).toLowerCase(Locale.ROOT);
        if (name.endsWith(".gguf") || startsWith(file, "GGUF")) {
            return new Checkpoint(file);
        }
        if (name.endsWith(".onnx") || name.endsWith(".safetensors")) {
            Path parent = file.toAbsolutePath().normalize().resolveSibling("");
            boolean inner = nameOf(parent).equals("onnx") && Files.exists(parent.resolveSibling("config.json"));
            return ofDirectory(inner ? parent.resolveSibling("") : parent);
        }
        throw new AppException(file + " is not a model: expected a .gguf file, or a directory with a model");
    }

    private static boolean holds(Path directory, String ending) {
        return Files.isDirectory(directory) && !filesIn(directory, ending).isEmpty();
    }

    private static List<Path> filesIn(Path directory, String ending) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> nameOf(file).toLowerCase(Locale.ROOT).endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean startsWith(Path file, String magic) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(magic.length()), StandardCharsets.ISO_8859_1).equals(magic);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nameOf(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? "model" : name.toString();
    }

    /** {@code owner/name}, optionally {@code @revision}. */
    final class Syntax {
        private static final Pattern HUB =
                Pattern.compile("([A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*)(?:@([\\w./-]+))?");

        private Syntax() {}
    }
}
