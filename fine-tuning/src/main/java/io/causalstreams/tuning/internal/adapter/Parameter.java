package io.causalstreams.tuning.internal.adapter;

import io.causalstreams.tuning.internal.onnx.NativeTensor;
import java.nio.FloatBuffer;

/**
 * A matrix that learns, and its gradient so far.
 *
 * <p>Graphs read {@link #tensor} where the optimiser writes {@link #values}: nothing is copied. One thread.
 */
public final class Parameter implements AutoCloseable {
    private final String name;
    private final int rows;
    private final int columns;
    private final FloatBuffer values;
    private final NativeTensor tensor;
    private final float[] gradient;

    Parameter(String name, int rows, int columns) {
        this.name = name;
        this.rows = rows;
        this.columns = columns;
        this.gradient = new float[Math.multiplyExact(rows, columns)];
        this.values = NativeTensor.memory(gradient.length);
        this.tensor = NativeTensor.over(values, rows, columns);
    }

    /** As in peft's files, {@code base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight}. */
    public String name() {
        return name;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public int size() {
        return gradient.length;
    }

    /** The elements themselves, row-major, by index. */
    public FloatBuffer values() {
        return values;
    }

    /** The elements as graphs read them. */
    public NativeTensor tensor() {
        return tensor;
    }

    /** The gradient itself. */
    public float[] gradient() {
        return gradient;
    }

    /** Adds to the gradient. */
    public void accumulate(float[] more) {
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] += more[i];
        }
    }

    @Override
    public void close() {
        tensor.close();
    }
}
