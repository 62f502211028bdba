package io.causalstreams.export.internal.checkpoint.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code config_groups}: which modules have how many bits. */
final class CompressionGroups {
    private static final String[] FORMATS = {
        "pack-quantized", "int-quantized", "float-quantized", "naive-quantized", "mixed-precision", "dense"
    };
    /** Targets that begin so are regular expressions. */
    private static final String EXPRESSION = "re:";

    private final List<Group> groups;

    /**
     * How the weights of some modules are stored.
     *
     * @param targets names of modules, regular expressions behind {@code re:}, or names of classes
     * @param bits 1 to 8
     * @param blockHeight outputs of a block, 0 where there are no blocks
     * @param blockWidth inputs of a block
     */
    record Group(List<String> targets, int bits, int blockHeight, int blockWidth) {}

    private CompressionGroups(List<Group> groups) {
        this.groups = groups;
    }

    static CompressionGroups of(JsonNode keys) {
        Setting.oneOf(keys, "format", "pack-quantized", FORMATS);
        Setting.oneOf(keys.path("sparsity_config"), "format", "dense", "dense");
        if (!keys.path("transform_config").path("config_groups").isEmpty()) {
            throw Setting.refused("transform_config", keys.path("transform_config"), "none");
        }
        List<Group> groups = new ArrayList<>();
        for (JsonNode group : keys.path("config_groups")) {
            Setting.oneOf(group, "format", "pack-quantized", FORMATS);
            JsonNode weights = group.path("weights");
            if (weights.isObject()) {
                groups.add(group(group.path("targets"), weights));
            }
        }
        return new CompressionGroups(groups);
    }

    private static Group group(JsonNode targets, JsonNode weights) {
        List<String> names = new ArrayList<>();
        targets.forEach(target -> names.add(target.asText()));
        int bits = Setting.integer(weights, "num_bits", 8, 1);
        String type = Setting.oneOf(weights, "type", "int", "int", "float");
        if (bits > 8 || (type.equals("float") && bits != 8)) {
            throw Setting.refused("config_groups", weights, "integers of at most 8 bits, and floating point of 8");
        }
        JsonNode block = weights.path("block_structure");
        boolean blocks = block.isArray() && block.size() == 2;
        return new Group(
                names, bits, blocks ? side(weights, block.get(0)) : 0, blocks ? side(weights, block.get(1)) : 0);
    }

    private static int side(JsonNode weights, JsonNode size) {
        if (!size.canConvertToInt() || size.intValue() < 1) {
            throw Setting.refused("config_groups", weights, "a block_structure of two numbers from 1 up");
        }
        return size.intValue();
    }

    /** The group of a module: that which names it, else an expression that finds it, else the first with its class. */
    Group of(String module) {
        return groups.stream()
                .filter(group -> group.targets().contains(module))
                .findFirst()
                .or(() -> groups.stream()
                        .filter(group -> group.targets().stream().anyMatch(target -> matches(target, module)))
                        .findFirst())
                .or(() -> groups.stream()
                        .filter(group -> group.targets().stream().anyMatch(CompressionGroups::isClass))
                        .findFirst())
                .orElseThrow(
                        () -> new CheckpointException("config.json: quantization_config.config_groups has no group for "
                                + module + ", whose weights are quantised; the two do not belong together"));
    }

    private static boolean matches(String target, String module) {
        if (!target.startsWith(EXPRESSION)) {
            return false;
        }
        try {
            // As Python's re.match: from the start, to wherever it ends.
            return Pattern.compile(target.substring(EXPRESSION.length()))
                    .matcher(module)
                    .lookingAt();
        } catch (PatternSyntaxException e) {
            throw new CheckpointException(
                    "config.json: quantization_config.config_groups has the target " + target
                            + ", which is not a regular expression (" + e.getDescription() + ")",
                    e);
        }
    }

    private static boolean isClass(String target) {
        return !target.startsWith(EXPRESSION) && !target.contains(".");
    }
}
