package io.causalstreams.export.internal.checkpoint.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.ElementReader;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of a quantised checkpoint as its model's class has them: quantised ones are decoded when they are read, the
 * others are as they are stored.
 */
public final class QuantizedWeights implements WeightSource {
    private final WeightSource plain;
    private final Map<String, PackedWeight> packed;
    private final Set<String> names;

    private QuantizedWeights(WeightSource plain, Map<String, PackedWeight> packed, Set<String> parts) {
        this.plain = plain;
        this.packed = packed;
        Set<String> names = new HashSet<>(plain.names());
        names.removeAll(parts);
        names.addAll(packed.keySet());
        this.names = Set.copyOf(names);
    }

    /**
     * The weights of a checkpoint, quantised or not.
     *
     * @param config the whole {@code config.json}
     * @param plain the tensors of types that are weights as they are
     * @param stored all tensors
     * @throws CheckpointException if the configuration names a quantisation that
     *     is not read, or parts are missing or do not fit each other
     */
    public static WeightSource of(JsonNode config, WeightSource plain, Map<String, RawTensor> stored) {
        Optional<QuantizationScheme> scheme = QuantizationSchemes.of(config);
        if (scheme.isEmpty()) {
            return plain;
        }
        Parts parts = new Parts(stored);
        Map<String, PackedWeight> packed = scheme.get().weights(parts);
        return new QuantizedWeights(plain, packed, parts.taken());
    }

    @Override
    public Set<String> names() {
        return names;
    }

    @Override
    public boolean has(String name) {
        return names.contains(name);
    }

    @Override
    public long[] shape(String name) {
        PackedWeight weight = packed.get(name);
        return weight == null ? plain.shape(name) : weight.shape();
    }

    @Override
    public float[] read(String name) {
        PackedWeight weight = packed.get(name);
        if (weight == null) {
            return plain.read(name);
        }
        float[] elements = weight.read();
        for (int i = 0; i < elements.length; i++) {
            if (!Float.isFinite(elements[i])) {
                throw new CheckpointException("tensor " + name + " holds " + elements[i] + " at element " + i
                        + " when it is decoded; the checkpoint is damaged, get another copy");
            }
        }
        return elements;
    }

    @Override
    public ElementReader open(String name) {
        return packed.containsKey(name) ? WeightSource.super.open(name) : plain.open(name);
    }
}
