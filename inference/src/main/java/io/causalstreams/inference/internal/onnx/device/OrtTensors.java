package io.causalstreams.inference.internal.onnx.device;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.causalstreams.inference.GenerationException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tensors over memory that is not the host's: the only place that touches native handles of ONNX Runtime.
 *
 * <p>Its Java package (1.29) makes tensors over direct buffers only. The C API makes them over any address that a memory info
 * names, so the handle is made there, and given to {@link OnnxTensor} by the constructor that the package uses itself. Functions
 * of the C API are found by their place in a table that is only ever added to at its end ({@code OrtApi} in
 * {@code onnxruntime_c_api.h}); a later version that offers such tensors in Java makes this class a call of that.
 *
 * <p>Threading: made on any thread, then one thread at a time.
 */
public final class OrtTensors implements AutoCloseable {
    private static final int GET_ERROR_MESSAGE = 2;
    private static final int CREATE_TENSOR_WITH_DATA = 49;
    private static final int CREATE_MEMORY_INFO = 68;
    private static final int MEMORY_INFO_GET_NAME = 71;
    private static final int MEMORY_INFO_GET_ID = 72;
    private static final int RELEASE_STATUS = 93;
    private static final int RELEASE_MEMORY_INFO = 94;

    private static final int DEVICE_ALLOCATOR = 0;
    private static final int DEFAULT_MEMORY = 0;
    /** The table begins as this class knows it in all versions that begin so. */
    private static final String KNOWN_VERSIONS = "1.";

    private final Pointer api;
    private final Constructor<TensorInfo> infos;
    private final Constructor<OnnxTensor> tensors;
    private final Pointer memoryInfo;
    private boolean closed;

    private OrtTensors(
            Pointer api, Constructor<TensorInfo> infos, Constructor<OnnxTensor> tensors, String memory, int ordinal)
            throws OrtException {
        this.api = api;
        this.infos = infos;
        this.tensors = tensors;
        PointerByReference made = new PointerByReference();
        check(call(CREATE_MEMORY_INFO, memory, DEVICE_ALLOCATOR, ordinal, DEFAULT_MEMORY, made));
        this.memoryInfo = made.getValue();
    }

    /**
     * Of the memory that ONNX Runtime calls {@code memory}.
     *
     * @throws GenerationException.Failed if this version of ONNX Runtime is not as this class knows it
     */
    public static OrtTensors of(OrtEnvironment environment, String memory, int ordinal) {
        String version = environment.getVersion();
        if (!version.startsWith(KNOWN_VERSIONS)) {
            throw unknown(version, "its functions are not those of " + KNOWN_VERSIONS + "x", null);
        }
        try {
            Field handle = Class.forName("ai.onnxruntime.OnnxRuntime", true, OrtEnvironment.class.getClassLoader())
                    .getDeclaredField("ortApiHandle");
            handle.setAccessible(true);
            Constructor<TensorInfo> infos = TensorInfo.class.getDeclaredConstructor(
                    long[].class, OnnxJavaType.class, TensorInfo.OnnxTensorType.class);
            infos.setAccessible(true);
            Constructor<OnnxTensor> tensors =
                    OnnxTensor.class.getDeclaredConstructor(long.class, long.class, TensorInfo.class);
            tensors.setAccessible(true);
            OrtTensors created = new OrtTensors(new Pointer(handle.getLong(null)), infos, tensors, memory, ordinal);
            created.checkTable(version, memory, ordinal);
            return created;
        } catch (ReflectiveOperationException | RuntimeException e) {
            if (e instanceof GenerationException known) {
                throw known;
            }
            throw unknown(version, "its Java package has no tensors over given handles", e);
        } catch (OrtException e) {
            throw unknown(version, "it knows no memory named " + memory, e);
        }
    }

    /** The memory info must be what it was made of: a table with other functions would not say so. */
    private void checkTable(String version, String memory, int ordinal) throws OrtException {
        PointerByReference name = new PointerByReference();
        IntByReference id = new IntByReference();
        check(call(MEMORY_INFO_GET_NAME, memoryInfo, name));
        check(call(MEMORY_INFO_GET_ID, memoryInfo, id));
        if (!name.getValue().getString(0).equals(memory) || id.getValue() != ordinal) {
            throw unknown(version, "its table of functions has another order", null);
        }
    }

    private static GenerationException unknown(String version, String why, @Nullable Throwable cause) {
        return new GenerationException.Failed(
                "ONNX Runtime " + version + " cannot be used with memory of a device: " + why
                        + "; use the version that this release names",
                cause);
    }

    /**
     * A tensor over {@code bytes} bytes from {@code address} on, which stay the caller's.
     *
     * @throws OrtException if the shape has more elements than fit
     */
    public OnnxTensor over(long address, long bytes, long[] shape, OnnxJavaType type) throws OrtException {
        int elementType = elementType(type);
        PointerByReference value = new PointerByReference();
        try (Memory dimensions = new Memory((long) Long.BYTES * Math.max(1, shape.length))) {
            dimensions.write(0, shape, 0, shape.length);
            check(call(
                    CREATE_TENSOR_WITH_DATA,
                    memoryInfo,
                    new Pointer(address),
                    bytes,
                    dimensions,
                    (long) shape.length,
                    elementType,
                    value));
        }
        try {
            TensorInfo info = infos.newInstance(
                    shape, type, TensorInfo.OnnxTensorType.valueOf("ONNX_TENSOR_ELEMENT_DATA_TYPE_" + type.name()));
            return tensors.newInstance(Pointer.nativeValue(value.getValue()), 0L, info);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a tensor over a handle could not be made", e);
        }
    }

    /** {@code ONNXTensorElementDataType} of the C API. */
    private static int elementType(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> 1;
            case INT8 -> 3;
            case INT32 -> 6;
            case INT64 -> 7;
            case FLOAT16 -> 10;
            case BFLOAT16 -> 16;
            default -> throw new IllegalArgumentException("no tensors of " + type + " over a device's memory");
        };
    }

    private @Nullable Pointer call(int function, Object... arguments) {
        return (Pointer) function(function).invoke(Pointer.class, arguments);
    }

    private Function function(int place) {
        return Function.getFunction(api.getPointer((long) Native.POINTER_SIZE * place));
    }

    /** A status that is not null is an error. */
    private void check(@Nullable Pointer status) throws OrtException {
        if (status != null) {
            String message =
                    Objects.requireNonNull(call(GET_ERROR_MESSAGE, status)).getString(0);
            function(RELEASE_STATUS).invokeVoid(new Object[] {status});
            throw new OrtException(message);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            function(RELEASE_MEMORY_INFO).invokeVoid(new Object[] {memoryInfo});
        }
    }
}
