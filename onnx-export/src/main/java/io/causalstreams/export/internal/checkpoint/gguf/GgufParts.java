package io.causalstreams.export.internal.checkpoint.gguf;

import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.FileByteSource;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one model: one, or the parts that {@code llama-gguf-split} makes, of which the first has the metadata.
 *
 * <p>Parts say their number ({@code split.no}, from 0), how many there are ({@code split.count}) and the tensors of all
 * together ({@code split.tensors.count}), and are called {@code name-00001-of-00003.gguf}.
 *
 * @param file metadata of the first, tensors of all
 * @param sources the open files
 */
record GgufParts(GgufFile file, List<ByteSource> sources) implements AutoCloseable {
    private static final Pattern PART = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

    /** Opens a file, with all other parts where it is one of several. */
    static GgufParts open(Path path) {
        GgufParts one = open(List.of(path));
        int count = one.file.metadata().integer("split.count").orElse(1);
        if (count == 1) {
            return one;
        }
        one.close();
        return open(partsBeside(path, count));
    }

    private static GgufParts open(List<Path> paths) {
        List<ByteSource> sources = new ArrayList<>();
        try {
            List<GgufFile> files = new ArrayList<>();
            for (Path path : paths) {
                sources.add(FileByteSource.open(path));
                files.add(GgufFile.open(sources.get(sources.size() - 1)));
            }
            return new GgufParts(files.size() == 1 ? files.get(0) : joined(files), sources);
        } catch (RuntimeException e) {
            sources.forEach(ByteSource::close);
            throw e;
        }
    }

    /** The paths of all parts, in their order. */
    private static List<Path> partsBeside(Path path, int count) {
        Matcher name = PART.matcher(String.valueOf(path.getFileName()));
        if (!name.matches() || Integer.parseInt(name.group(3)) != count) {
            throw new CheckpointException(
                    "%s: is one of %d parts, which are found by their names; give it back its own, such as model-00001-of-%05d.gguf"
                            .formatted(path, count, count));
        }
        List<Path> paths = beside(path);
        for (Path part : paths) {
            if (!Files.exists(part)) {
                throw new CheckpointException(
                        "%s: part is missing (there are %d); download the model again".formatted(part, count));
            }
        }
        return paths;
    }

    /** The paths that all parts have by the name of one, in their order; {@code path} alone where it has another name. */
    static List<Path> beside(Path path) {
        Matcher name = PART.matcher(String.valueOf(path.getFileName()));
        if (!name.matches()) {
            return List.of(path);
        }
        List<Path> paths = new ArrayList<>();
        for (int i = 1; i <= Integer.parseInt(name.group(3)); i++) {
            paths.add(path.resolveSibling("%s-%05d-of-%s.gguf".formatted(name.group(1), i, name.group(3))));
        }
        return paths;
    }

    private static GgufFile joined(List<GgufFile> files) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        Map<String, Integer> unreadable = new LinkedHashMap<>();
        int count = 0;
        for (int i = 0; i < files.size(); i++) {
            GgufMetadata metadata = files.get(i).metadata();
            if (metadata.integer("split.no").orElse(-1) != i
                    || metadata.integer("split.count").orElse(1) != files.size()) {
                throw new CheckpointException(
                        "%s: does not say that it is part %d of %d; these do not belong together, download the model again"
                                .formatted(metadata.file(), i + 1, files.size()));
            }
            tensors.putAll(files.get(i).tensors());
            unreadable.putAll(files.get(i).unreadable());
            count += files.get(i).tensors().size() + files.get(i).unreadable().size();
        }
        GgufMetadata first = files.get(0).metadata();
        int found = tensors.size() + unreadable.size();
        if (found != count || found != first.integer("split.tensors.count").orElse(found)) {
            throw new CheckpointException(
                    "%s: all parts have %d different tensors, not as many as they say; download the model again"
                            .formatted(first.file(), found));
        }
        return new GgufFile(first, tensors, unreadable);
    }

    /** The file of a directory that holds one model as GGUF: the only one, or the first of the parts of one. */
    static Optional<Path> firstOf(List<Path> files) {
        if (files.size() == 1) {
            return Optional.of(files.get(0));
        }
        List<Path> firsts = new ArrayList<>();
        for (Path file : files) {
            Matcher name = PART.matcher(String.valueOf(file.getFileName()));
            if (!name.matches() || Integer.parseInt(name.group(3)) != files.size()) {
                return Optional.empty();
            }
            if (Integer.parseInt(name.group(2)) == 1) {
                firsts.add(file);
            }
        }
        return firsts.size() == 1 ? Optional.of(firsts.get(0)) : Optional.empty();
    }

    @Override
    public void close() {
        sources.forEach(ByteSource::close);
    }
}
