package io.causalstreams.inference.internal.onnx.foreign;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Where a graph writes its logits, float32 or float16, and the fp32 rows that were wanted of them.
 *
 * <p>Threading: engine thread only.
 */
final class LogitsTarget {
    /** A position whose logits nobody wants. */
    static final int UNWANTED = -1;

    private final OrtEnvironment environment;
    private final OnnxJavaType type;
    private final int vocabulary;
    private ByteBuffer written = bytes(0);
    private FloatBuffer rows = bytes(0).asFloatBuffer();

    /** @param type FLOAT or FLOAT16 */
    LogitsTarget(OrtEnvironment environment, OnnxJavaType type, int vocabulary) {
        this.environment = environment;
        this.type = type;
        this.vocabulary = vocabulary;
    }

    /** Room for {@code count} wanted rows. */
    void reserve(int count) {
        int elements = Math.multiplyExact(count, vocabulary);
        if (rows.capacity() < elements) {
            rows = bytes(Math.multiplyExact(elements, Float.BYTES)).asFloatBuffer();
        }
    }

    /** The wanted rows, shape (rows, vocabulary). */
    FloatBuffer rows() {
        return rows;
    }

    /** The output of a pass over {@code sequences} × {@code tokens} tokens, shape (sequences, tokens, vocabulary). */
    OnnxTensor bind(int sequences, int tokens) throws OrtException {
        int bytes = Math.multiplyExact(Math.multiplyExact(sequences * tokens, vocabulary), type.size);
        if (written.capacity() < bytes) {
            written = bytes(bytes);
        }
        ByteBuffer view = written.slice(0, bytes).order(ByteOrder.nativeOrder());
        return OnnxTensor.createTensor(environment, view, new long[] {sequences, tokens, vocabulary}, type);
    }

    /** After the pass: position i's logits become row {@code targets[i]}, unless that is {@link #UNWANTED}. */
    void deliver(int[] targets) {
        for (int position = 0; position < targets.length; position++) {
            if (targets[position] != UNWANTED) {
                copy(position * vocabulary, targets[position] * vocabulary);
            }
        }
    }

    private void copy(int from, int to) {
        if (type == OnnxJavaType.FLOAT) {
            rows.put(to, written.asFloatBuffer(), from, vocabulary);
            return;
        }
        for (int token = 0; token < vocabulary; token++) {
            rows.put(to + token, Fp16Conversions.fp16ToFloat(written.getShort((from + token) * Short.BYTES)));
        }
    }

    private static ByteBuffer bytes(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
