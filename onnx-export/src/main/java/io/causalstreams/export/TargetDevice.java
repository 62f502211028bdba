package io.causalstreams.export;

import io.causalstreams.export.internal.graph.ElementType;
import java.util.Locale;

/** What will compute a graph. */
public enum TargetDevice {
    /** Computes in single precision. */
    CPU,
    /** NVIDIA devices: compute, and keep their cache, in half precision or brain floating point. */
    CUDA;

    /** As in {@code --device}: {@code cpu}, {@code cuda}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** That of a graph whose cache is of this type, as {@code kv_type} in its metadata says. */
    static TargetDevice of(String kvType) {
        return kvType.endsWith("float16") ? CUDA : CPU;
    }

    /** The type that graphs of {@code precision} compute in. */
    ElementType reals(Precision precision) {
        if (this == CPU) {
            return ElementType.FLOAT;
        }
        return precision == Precision.BF16 ? ElementType.BFLOAT16 : ElementType.FLOAT16;
    }
}
