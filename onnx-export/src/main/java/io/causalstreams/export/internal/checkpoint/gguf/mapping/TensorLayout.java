package io.causalstreams.export.internal.checkpoint.gguf.mapping;

/**
 * What the GGUF converter did to a tensor, and how it is undone.
 *
 * <p>The cases are those of llama.cpp's {@code convert_hf_to_gguf.py}.
 */
sealed interface TensorLayout {

    /** The tensor is stored as Hugging Face has it. */
    record AsStored() implements TensorLayout {}

    /** The converter added one (norms of the Gemma family, whose weights are kept around zero). */
    record PlusOne() implements TensorLayout {}

    /** The converter transposed a matrix (GPT-2's {@code Conv1D}). */
    record Transposed() implements TensorLayout {}

    /** The converter moved whole rows. */
    sealed interface Rows extends TensorLayout {

        /** Which stored row is row {@code row} of {@code rows}. */
        int storedRow(int row, int rows);
    }

    /**
     * Rotary halves became neighbours: of each head's rows, row {@code half * d + i} was stored as {@code 2 * i + half},
     * d = rows per head / 2.
     */
    record RotaryPairs(int heads) implements Rows {
        @Override
        public int storedRow(int row, int rows) {
            int headRows = rows / heads;
            int inHead = row % headRows;
            int d = headRows / 2;
            return row - inHead + 2 * (inHead % d) + inHead / d;
        }
    }

    /** Per head q, k, v ({@code [heads, 3, d]}) became all q, all k, all v ({@code [3, heads, d]}), as in GPT-NeoX. */
    record QkvByHead(int heads) implements Rows {
        @Override
        public int storedRow(int row, int rows) {
            int d = rows / (3 * heads);
            int head = row / (3 * d);
            int part = row / d % 3;
            return (part * heads + head) * d + row % d;
        }
    }
}
