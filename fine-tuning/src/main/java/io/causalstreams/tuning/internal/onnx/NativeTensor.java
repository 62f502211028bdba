package io.causalstreams.tuning.internal.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Elements in native memory: memory of the caller's own, or a result of ONNX Runtime's, given back by {@link #close}.
 *
 * <p>Threading: one thread at a time.
 */
public final class NativeTensor implements AutoCloseable {
    private final OnnxTensor tensor;
    private final @Nullable FloatBuffer memory;
    private @Nullable Runnable whenClosed;

    NativeTensor(OnnxTensor tensor) {
        this(tensor, null, null);
    }

    private NativeTensor(OnnxTensor tensor, @Nullable FloatBuffer memory, @Nullable Runnable whenClosed) {
        this.tensor = tensor;
        this.memory = memory;
        this.whenClosed = whenClosed;
    }

    /** Memory of the caller's, shared, not copied; direct and in native order. */
    public static NativeTensor over(FloatBuffer elements, long... shape) {
        return over(elements, null, shape);
    }

    static NativeTensor over(FloatBuffer elements, @Nullable Runnable whenClosed, long... shape) {
        try {
            return new NativeTensor(
                    OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), elements, shape), elements, whenClosed);
        } catch (OrtException e) {
            throw new TrainingRuntimeException("tensor of shape " + Arrays.toString(shape), e);
        }
    }

    /** Whole numbers, copied. */
    public static NativeTensor of(long[] elements, long... shape) {
        try {
            return new NativeTensor(
                    OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), LongBuffer.wrap(elements), shape));
        } catch (OrtException e) {
            throw new TrainingRuntimeException("tensor of shape " + Arrays.toString(shape), e);
        }
    }

    /** Direct memory for so many floats, filled with zeros. */
    public static FloatBuffer memory(long floats) {
        return ByteBuffer.allocateDirect(Math.toIntExact(Math.multiplyExact(floats, Float.BYTES)))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    OnnxTensor tensor() {
        return tensor;
    }

    /** The elements themselves, by index; not of results of unknown shape. */
    public FloatBuffer memory() {
        if (memory == null) {
            throw new IllegalStateException("the memory is ONNX Runtime's own");
        }
        return memory;
    }

    /** All elements, in an array of the caller's own. */
    public float[] floats() {
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] elements = new float[buffer.remaining()];
        buffer.get(elements);
        return elements;
    }

    @Override
    public void close() {
        tensor.close();
        if (whenClosed != null) {
            whenClosed.run();
            whenClosed = null;
        }
    }
}
