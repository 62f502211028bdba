package io.causalstreams.inference.internal.onnx.foreign;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * The small inputs of graphs with an attention mask.
 *
 * <p>Bytes: 8 for every position of every slot (the mask), 16 for every context token. Threading: engine thread only.
 */
final class MaskedStepBuffers {
    private final OrtEnvironment environment;
    private final boolean paddedLeft;
    private final LongBuffer tokenIds;
    private final LongBuffer positions;
    private final LongBuffer mask;

    /** @param paddedLeft whether a shorter row's padding lies before its tokens */
    MaskedStepBuffers(OrtEnvironment environment, int slots, int contextTokens, boolean paddedLeft) {
        this.environment = environment;
        this.paddedLeft = paddedLeft;
        this.tokenIds = longs(Math.max(slots, contextTokens));
        this.positions = longs(Math.max(slots, contextTokens));
        this.mask = longs(Math.multiplyExact(slots, contextTokens));
    }

    /**
     * Tensors of one step.
     *
     * @param tokenIds (rows, tokens)
     * @param positions (rows, tokens): pastLength, pastLength + 1, …
     * @param mask (rows, longest past + tokens): 1 for a token, 0 for padding
     */
    record Inputs(OnnxTensor tokenIds, OnnxTensor positions, OnnxTensor mask) implements AutoCloseable {
        @Override
        public void close() {
            tokenIds.close();
            positions.close();
            mask.close();
        }
    }

    /** Token ids (rows, tokens) row after row, past lengths (rows). */
    Inputs fill(int[] ids, int[] pastLengths) throws OrtException {
        int rows = pastLengths.length;
        int tokens = ids.length / rows;
        int width = Arrays.stream(pastLengths).max().orElseThrow() + tokens;
        for (int row = 0; row < rows; row++) {
            for (int token = 0; token < tokens; token++) {
                tokenIds.put(row * tokens + token, ids[row * tokens + token]);
                positions.put(row * tokens + token, pastLengths[row] + token);
            }
            int length = pastLengths[row] + tokens;
            int first = paddedLeft ? width - length : 0;
            for (int column = 0; column < width; column++) {
                mask.put(row * width + column, column >= first && column < first + length ? 1 : 0);
            }
        }
        return new Inputs(tensor(tokenIds, rows, tokens), tensor(positions, rows, tokens), tensor(mask, rows, width));
    }

    private OnnxTensor tensor(LongBuffer buffer, int rows, int columns) throws OrtException {
        return OnnxTensor.createTensor(environment, buffer.slice(0, rows * columns), new long[] {rows, columns});
    }

    private static LongBuffer longs(int elements) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(elements, Long.BYTES))
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }
}
