package io.causalstreams.export.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which of a repository's files make up a checkpoint: only files at its top, never code or other formats' weights. */
final class FileSelection {

    private static final String INDEX = "model.safetensors.index.json";
    private static final String SINGLE = "model.safetensors";
    private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-(\\d{5})\\.safetensors");
    private static final Set<String> SMALL_FILES = Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "chat_template.json");

    /** Of several quantizations, the first of these: nearly lossless ones first, then what is left. */
    private static final List<String> PREFERRED =
            List.of("q8_0", "f16", "bf16", "q6_k", "q5_k_m", "q5_1", "q5_0", "q4_k_m", "q4_1", "q4_0", "f32", "");

    private FileSelection() {}

    /**
     * Safetensors with their configuration, else one GGUF file.
     *
     * @throws HubException if the repository has neither
     */
    static List<String> of(Repository repository, List<String> files) {
        List<String> weights = safetensors(files);
        if (files.contains("config.json") && !weights.isEmpty()) {
            List<String> selected = new ArrayList<>(
                    files.stream().filter(SMALL_FILES::contains).sorted().toList());
            selected.addAll(weights);
            return selected;
        }
        return List.of(gguf(repository, files));
    }

    /** Whether these files make up a checkpoint, with all its shards. */
    static boolean isWhole(List<String> files) {
        boolean single = files.contains(SINGLE);
        boolean shards = files.stream()
                .map(SHARD::matcher)
                .filter(Matcher::matches)
                .map(shard -> Integer.parseInt(shard.group(1)))
                .anyMatch(count ->
                        matching(files, name -> SHARD.matcher(name).matches()).size() >= count);
        return (files.contains("config.json") && (single || shards))
                || files.stream().anyMatch(name -> name.toLowerCase(Locale.ROOT).endsWith(".gguf"));
    }

    private static List<String> safetensors(List<String> files) {
        if (files.contains(INDEX)) {
            return matching(
                    files, name -> name.equals(INDEX) || SHARD.matcher(name).matches());
        }
        if (files.contains(SINGLE)) {
            return List.of(SINGLE);
        }
        return matching(files, name -> SHARD.matcher(name).matches());
    }

    private static String gguf(Repository repository, List<String> files) {
        List<String> candidates =
                matching(files, name -> name.toLowerCase(Locale.ROOT).endsWith(".gguf") && !name.contains("mmproj"));
        for (String preferred : PREFERRED) {
            for (String candidate : candidates) {
                if (candidate.toLowerCase(Locale.ROOT).contains(preferred)) {
                    return candidate;
                }
            }
        }
        throw new HubException(repository + ": holds neither config.json with *.safetensors nor a .gguf file;"
                + " choose another repository of the model");
    }

    private static List<String> matching(List<String> files, Predicate<String> condition) {
        return files.stream()
                .filter(name -> !name.contains("/"))
                .filter(condition)
                .sorted()
                .toList();
    }
}
