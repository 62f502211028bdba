package io.causalstreams.export.internal.checkpoint.quantized;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The stored tensors of a checkpoint, of which a scheme takes those that its weights are made of. */
final class Parts {
    private final Map<String, RawTensor> stored;
    private final Set<String> taken = new HashSet<>();

    Parts(Map<String, RawTensor> stored) {
        this.stored = stored;
    }

    /** The modules that have a part of this name, such as {@code model.layers.0.mlp.down_proj} for {@code .qweight}. */
    List<String> modulesWith(String suffix) {
        List<String> modules = new ArrayList<>();
        for (String name : stored.keySet()) {
            if (name.endsWith(suffix) && name.length() > suffix.length()) {
                modules.add(name.substring(0, name.length() - suffix.length()));
            }
        }
        return modules;
    }

    boolean has(String name) {
        return stored.containsKey(name);
    }

    /** Takes a part that must be there. */
    RawTensor take(String name) {
        return takeIfThere(name)
                .orElseThrow(() -> new CheckpointException(
                        "the checkpoint lacks tensor " + name + ", a part of a quantised weight; download it again"));
    }

    Optional<RawTensor> takeIfThere(String name) {
        RawTensor part = stored.get(name);
        if (part != null) {
            taken.add(name);
        }
        return Optional.ofNullable(part);
    }

    /** Takes all parts that end so: what says how activations are rounded, which the export does not do. */
    void leaveOut(String... suffixes) {
        for (String suffix : suffixes) {
            modulesWith(suffix).forEach(module -> taken.add(module + suffix));
        }
    }

    /** Names of what was taken: no weights of their own. */
    Set<String> taken() {
        return taken;
    }
}
