package io.causalstreams.export.hub;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
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
            "chat_template.json",
            "modules.json",
            "sentence_bert_config.json",
            "config_sentence_transformers.json");

    /** What sentence-transformers keeps of a module behind the model, such as {@code 1_Pooling/config.json}, and its weights. */
    private static final Pattern MODULE = Pattern.compile("\\d+_\\w+/(config\\.json|model\\.safetensors)");

    private static final Pattern GGUF = Pattern.compile(".+\\.gguf", Pattern.CASE_INSENSITIVE);
    private static final Pattern GGUF_PART =
            Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf", Pattern.CASE_INSENSITIVE);
    /** {@code Q8_0} of {@code m.Q8_0.gguf}; whole, so that IQ3_XS is no Q3. */
    private static final Pattern QUANTIZATION =
            Pattern.compile("(?:.*[._-])?((?:I?Q|TQ)\\d\\w*|MXFP4\\w*|B?F16|F32)", Pattern.CASE_INSENSITIVE);

    /** Of several quantizations, the first of these: nearly lossless ones first, then what is left. */
    private static final List<String> PREFERRED =
            List.of("q8_0", "f16", "bf16", "q6_k", "q5_k_m", "q5_1", "q5_0", "q4_k_m", "q4_1", "q4_0", "f32");

    private FileSelection() {}

    /**
     * Safetensors with their configuration, else one GGUF file, or all parts of one.
     *
     * @throws HubException if the repository has neither
     */
    static List<String> of(Repository repository, List<String> files) {
        List<String> weights = safetensors(files);
        if (files.contains("config.json") && !weights.isEmpty()) {
            List<String> selected = new ArrayList<>(
                    files.stream().filter(FileSelection::describes).sorted().toList());
            selected.addAll(weights);
            return selected;
        }
        return gguf(repository, files);
    }

    /** Whether a file belongs to a checkpoint whatever its weights are called. */
    private static boolean describes(String file) {
        return SMALL_FILES.contains(file) || MODULE.matcher(file).matches();
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
                || !ggufs(files).isEmpty();
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

    private static List<String> gguf(Repository repository, List<String> files) {
        Map<String, List<String>> candidates = ggufs(files);
        for (String preferred : PREFERRED) {
            for (Map.Entry<String, List<String>> candidate : candidates.entrySet()) {
                Matcher quantization = QUANTIZATION.matcher(candidate.getKey());
                if (quantization.matches() && quantization.group(1).equalsIgnoreCase(preferred)) {
                    return candidate.getValue();
                }
            }
        }
        return candidates.values().stream()
                .findFirst()
                .orElseThrow(() -> new HubException(repository
                        + ": holds neither config.json with *.safetensors nor a whole .gguf file;"
                        + " choose another repository of the model"));
    }

    /** The files of each GGUF model that is whole, by its name without part and ending; in the names' order. */
    private static Map<String, List<String>> ggufs(List<String> files) {
        Map<String, List<String>> models = new TreeMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (String file : matching(files, name -> GGUF.matcher(name).matches() && !name.contains("mmproj"))) {
            Matcher part = GGUF_PART.matcher(file);
            String model = part.matches() ? part.group(1) : file.substring(0, file.length() - ".gguf".length());
            models.computeIfAbsent(model, name -> new ArrayList<>()).add(file);
            counts.put(model, part.matches() ? Integer.parseInt(part.group(3)) : 1);
        }
        models.entrySet()
                .removeIf(model -> model.getValue().size() != Objects.requireNonNull(counts.get(model.getKey())));
        return models;
    }

    private static List<String> matching(List<String> files, Predicate<String> condition) {
        return files.stream()
                .filter(name -> !name.contains("/"))
                .filter(condition)
                .sorted()
                .toList();
    }
}
