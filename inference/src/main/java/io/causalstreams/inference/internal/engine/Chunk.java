package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;

/** Tokens of one sequence for one forward pass: {@code tokens[i]} goes to position {@code pastLength + i}. */
final class Chunk {
    final int[] tokens;
    final int pastLength;
    final LogitsWanted wanted;

    Chunk(int[] tokens, int pastLength, LogitsWanted wanted) {
        this.tokens = tokens;
        this.pastLength = pastLength;
        this.wanted = wanted;
    }

    /** Position behind the chunk's last token. */
    int end() {
        return pastLength + tokens.length;
    }

    /** The row of the logits that belongs to the chunk's last token. */
    int lastRow() {
        return wanted == LogitsWanted.ALL ? tokens.length - 1 : 0;
    }
}
