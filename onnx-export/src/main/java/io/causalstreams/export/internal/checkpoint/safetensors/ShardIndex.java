package io.causalstreams.export.internal.checkpoint.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which safetensors files of a directory make up the checkpoint.
 *
 * @param files file names, without directories
 * @param weightMap which file holds a tensor, as {@code model.safetensors.index.json} promises; empty without an index
 */
record ShardIndex(List<String> files, Map<String, String> weightMap) {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final Pattern SHARD = Pattern.compile("model-(\\d{5})-of-(\\d{5})\\.safetensors");

    ShardIndex {
        files = List.copyOf(files);
        weightMap = Map.copyOf(weightMap);
    }

    /**
     * Looks, in this order, for an index, {@code model.safetensors}, a complete set of {@code model-0000x-of-0000y}, and a
     * safetensors file that is alone.
     *
     * @throws CheckpointException if there are no such files, a shard is missing, or a shard's name leads out of the
     *     directory
     */
    static ShardIndex of(Path directory) {
        if (Files.exists(directory.resolve(INDEX))) {
            return read(directory.resolve(INDEX));
        }
        if (Files.exists(directory.resolve(SINGLE))) {
            return new ShardIndex(List.of(SINGLE), Map.of());
        }
        List<String> names = list(directory);
        List<String> shards =
                names.stream().filter(name -> SHARD.matcher(name).matches()).toList();
        if (!shards.isEmpty()) {
            return new ShardIndex(complete(directory, shards), Map.of());
        }
        if (names.size() == 1) {
            return new ShardIndex(names, Map.of());
        }
        throw new CheckpointException(directory
                + (names.isEmpty()
                        ? ": holds no *.safetensors; convert the weights to safetensors, or give a .gguf file"
                        : ": holds several safetensors files and no " + INDEX + "; add the index"));
    }

    private static ShardIndex read(Path index) {
        JsonNode map = JsonFiles.readObject(index).path("weight_map");
        if (!(map instanceof ObjectNode) || map.isEmpty()) {
            throw new CheckpointException(index + ": has no weight_map; download it again");
        }
        Map<String, String> weightMap = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String file = entry.getValue().asText();
            requireInside(index, entry.getValue(), file);
            weightMap.put(entry.getKey(), file);
        }
        List<String> files = List.copyOf(new TreeSet<>(weightMap.values()));
        for (String file : files) {
            if (!Files.exists(index.resolveSibling(file))) {
                throw missing(index.resolveSibling(file), index.getFileName() + " names it");
            }
        }
        return new ShardIndex(files, weightMap);
    }

    private static void requireInside(Path index, JsonNode value, String file) {
        boolean plain = value.isTextual()
                && !file.isEmpty()
                && !file.startsWith(".")
                && file.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
        if (!plain) {
            throw new CheckpointException(index + ": names the shard " + value
                    + ", which is not a plain file name; do not trust this checkpoint");
        }
    }

    /** All files of the set the shards belong to, or an error that names the first missing one. */
    private static List<String> complete(Path directory, List<String> shards) {
        Matcher first = SHARD.matcher(shards.get(0));
        if (!first.matches()) {
            throw new IllegalArgumentException(shards.get(0));
        }
        int count = Integer.parseInt(first.group(2));
        List<String> expected = IntStream.rangeClosed(1, count)
                .mapToObj(i -> "model-%05d-of-%s.safetensors".formatted(i, first.group(2)))
                .toList();
        List<String> unexpected =
                shards.stream().filter(name -> !expected.contains(name)).toList();
        if (!unexpected.isEmpty()) {
            throw new CheckpointException(directory + ": " + unexpected.get(0) + " does not belong to the " + count
                    + " other shards; remove it");
        }
        for (String name : expected) {
            if (!shards.contains(name)) {
                throw missing(directory.resolve(name), "there are shards of " + count);
            }
        }
        return expected;
    }

    private static CheckpointException missing(Path shard, String why) {
        return new CheckpointException(shard + ": shard is missing (" + why + "); download the checkpoint again");
    }

    private static List<String> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".safetensors"))
                    .sorted()
                    .collect(Collectors.toList());
        } catch (IOException e) {
            throw new CheckpointException(directory + ": cannot be listed (" + e.getMessage() + ")", e);
        }
    }
}
