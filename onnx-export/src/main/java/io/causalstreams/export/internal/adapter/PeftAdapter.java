package io.causalstreams.export.internal.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.FileByteSource;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA adapter as peft saves it: {@value #CONFIG} and {@value #WEIGHTS}.
 *
 * <p>Owns an open file until {@link #close}.
 */
public final class PeftAdapter implements AutoCloseable {
    public static final String CONFIG = "adapter_config.json";
    public static final String WEIGHTS = "adapter_model.safetensors";
    /** In front of the names of modules. */
    public static final String PREFIX = "base_model.model.";

    public static final String A = ".lora_A.weight";
    public static final String B = ".lora_B.weight";

    /** Keys that make an adapter something else than W + scale · B · A, unless they are empty, false or null. */
    private static final List<String> OTHER_KINDS = List.of(
            "use_dora",
            "lora_bias",
            "modules_to_save",
            "rank_pattern",
            "alpha_pattern",
            "trainable_token_indices",
            "target_parameters",
            "layer_replication",
            "use_qalora",
            "use_bdlora",
            "alora_invocation_tokens");

    private final Path directory;
    private final LoraConfig config;
    private final boolean transposed;
    private final ByteSource file;
    private final Map<String, StoredTensor> tensors;

    private PeftAdapter(
            Path directory, LoraConfig config, boolean transposed, ByteSource file, Map<String, StoredTensor> tensors) {
        this.directory = directory;
        this.config = config;
        this.transposed = transposed;
        this.file = file;
        this.tensors = tensors;
    }

    /**
     * Opens an adapter's directory.
     *
     * @throws CheckpointException if a file is missing or damaged, or the adapter is of a kind that is not implemented
     */
    public static PeftAdapter open(Path directory) {
        Path configFile = directory.resolve(CONFIG);
        JsonNode json = read(configFile);
        LoraConfig config = config(configFile, json);
        boolean transposed = json.path("fan_in_fan_out").asBoolean(false);
        ByteSource file = FileByteSource.open(directory.resolve(WEIGHTS));
        try {
            PeftAdapter adapter = new PeftAdapter(
                    directory,
                    config,
                    transposed,
                    file,
                    SafetensorsFile.open(file).tensors());
            adapter.check();
            return adapter;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    public LoraConfig config() {
        return config;
    }

    /** Whether the checkpoint stores the adapted weights as (inputs, outputs). */
    public boolean isTransposed() {
        return transposed;
    }

    /** Names of the adapted modules, as the checkpoint has them, sorted. */
    public Set<String> modules() {
        Set<String> modules = new TreeSet<>();
        for (String name : tensors.keySet()) {
            modules.add(module(name));
        }
        return modules;
    }

    /** A of a module, (rank, inputs). */
    public StoredTensor a(String module) {
        return tensor(PREFIX + module + A);
    }

    /** B of a module, (outputs, rank). */
    public StoredTensor b(String module) {
        return tensor(PREFIX + module + B);
    }

    /** A tensor by its name in the file. */
    public StoredTensor tensor(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(directory + ": lacks " + name + "; the adapter is incomplete, save it again");
        }
        return tensor;
    }

    private void check() {
        for (String module : modules()) {
            List<Long> a = a(module).shape();
            List<Long> b = b(module).shape();
            if (a.size() != 2 || b.size() != 2 || a.get(0) != config.rank() || b.get(1) != config.rank()) {
                throw new CheckpointException("%s: %s has A %s and B %s, which are not of rank %d"
                        .formatted(directory, module, a, b, config.rank()));
            }
        }
    }

    private String module(String tensor) {
        for (String end : List.of(A, B)) {
            if (tensor.startsWith(PREFIX) && tensor.endsWith(end)) {
                return tensor.substring(PREFIX.length(), tensor.length() - end.length());
            }
        }
        throw new CheckpointException(directory + ": tensor " + tensor
                + " belongs to no low-rank adapter of a linear module; others are not implemented");
    }

    private static LoraConfig config(Path file, JsonNode json) {
        require(json.path("peft_type").asText().equals("LORA"), file, "peft_type", json);
        require(json.path("bias").asText("none").equals("none"), file, "bias", json);
        OTHER_KINDS.forEach(key -> require(isOff(json.path(key)), file, key, json));
        List<String> targets = new ArrayList<>();
        JsonNode named = json.path("target_modules");
        if (named.isTextual()) {
            targets.add(named.asText());
        }
        named.forEach(target -> targets.add(target.asText()));
        try {
            return new LoraConfig(
                    json.path("r").asInt(),
                    json.path("lora_alpha").asDouble(),
                    json.path("use_rslora").asBoolean(false),
                    targets);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": " + e.getMessage(), e);
        }
    }

    private static boolean isOff(@Nullable JsonNode value) {
        return value == null
                || value.isMissingNode()
                || value.isNull()
                || (value.isBoolean() && !value.asBoolean())
                || (value.isContainerNode() && value.isEmpty());
    }

    private static void require(boolean known, Path file, String key, JsonNode json) {
        if (!known) {
            throw new CheckpointException("%s: %s is %s; implemented: LoRA of linear modules, W + scale · B · A"
                    .formatted(file, key, json.path(key)));
        }
    }

    private static JsonNode read(Path file) {
        if (!Files.exists(file)) {
            throw new CheckpointException(file + ": no such file; give the directory of an adapter that peft saved");
        }
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new CheckpointException(file + ": is not JSON (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
