package io.causalstreams.export.internal.checkpoint.gguf.file;

import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Writes GGUF files for tests. */
public final class GgufBytes {

    private static final int ALIGNMENT = 32;

    /** Little-endian output. */
    private static final class Out {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Out u32(long value) {
            return integer(value, 4);
        }

        Out u64(long value) {
            return integer(value, 8);
        }

        Out text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return u64(utf8.length).raw(utf8);
        }

        Out raw(byte... raw) {
            bytes.writeBytes(raw);
            return this;
        }

        Out pad() {
            return raw(new byte[(int) align(bytes.size()) - bytes.size()]);
        }

        private Out integer(long value, int size) {
            for (int i = 0; i < size; i++) {
                bytes.write((int) (value >>> (8 * i)));
            }
            return this;
        }
    }

    private record Tensor(String name, int type, List<Long> shape, ByteBuffer data) {}

    private final Map<String, Out> values = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private int version = 3;

    GgufBytes version(int newVersion) {
        version = newVersion;
        return this;
    }

    public GgufBytes u32(String key, int value) {
        value(key, 4).u32(value);
        return this;
    }

    GgufBytes f32(String key, float value) {
        value(key, 6).u32(Float.floatToRawIntBits(value));
        return this;
    }

    public GgufBytes flag(String key, boolean value) {
        value(key, 7).raw((byte) (value ? 1 : 0));
        return this;
    }

    public GgufBytes string(String key, String value) {
        value(key, 8).text(value);
        return this;
    }

    GgufBytes strings(String key, List<String> value) {
        Out out = value(key, 9).u32(8).u64(value.size());
        value.forEach(out::text);
        return this;
    }

    GgufBytes i32s(String key, int... value) {
        Out out = value(key, 9).u32(5).u64(value.length);
        for (int element : value) {
            out.u32(element);
        }
        return this;
    }

    GgufBytes f32s(String key, float... value) {
        Out out = value(key, 9).u32(6).u64(value.length);
        for (float element : value) {
            out.u32(Float.floatToRawIntBits(element));
        }
        return this;
    }

    private Out value(String key, int type) {
        Out out = new Out().u32(type);
        values.put(key, out);
        return out;
    }

    /** A tensor of fp32 numbers; {@code shape} outermost first. */
    public GgufBytes tensor(String name, long[] shape, float... data) {
        return tensor(name, 0, shape, SafetensorsBytes.floats(data));
    }

    public GgufBytes tensor(String name, int type, long[] shape, byte[] data) {
        tensors.add(new Tensor(name, type, LongStream.of(shape).boxed().toList(), ByteBuffer.wrap(data.clone())));
        return this;
    }

    public byte[] build() {
        Out out = new Out().raw((byte) 'G', (byte) 'G', (byte) 'U', (byte) 'F').u32(version);
        out.u64(tensors.size()).u64(values.size());
        values.forEach((key, value) -> out.text(key).raw(value.bytes.toByteArray()));
        long offset = 0;
        for (Tensor tensor : tensors) {
            out.text(tensor.name()).u32(tensor.shape().size());
            for (int i = tensor.shape().size() - 1; i >= 0; i--) {
                out.u64(tensor.shape().get(i));
            }
            out.u32(tensor.type()).u64(offset);
            offset = align(offset + tensor.data().capacity());
        }
        for (Tensor tensor : tensors) {
            byte[] data = new byte[tensor.data().capacity()];
            tensor.data().get(0, data);
            out.pad().raw(data);
        }
        return out.bytes.toByteArray();
    }

    private static long align(long position) {
        return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
