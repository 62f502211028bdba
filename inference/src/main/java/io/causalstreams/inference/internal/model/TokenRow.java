package io.causalstreams.inference.internal.model;

/**
 * The tokens of one text or pair. Immutable by agreement: nobody writes into its array.
 *
 * @param ids at least one, special tokens included
 * @param secondFrom index of the first token of type 1: of a pair's second text; the number of tokens where there is none
 */
@SuppressWarnings("ArrayRecordComponent")
public record TokenRow(int[] ids, int secondFrom) {

    public int length() {
        return ids.length;
    }
}
