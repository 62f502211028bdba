package io.causalstreams.inference.internal.onnx.contract;

import java.util.Arrays;

/**
 * The rows of a pass, grouped by adapter, as the graph wants them ({@code docs/graph-contract.md}).
 *
 * @param adapters groups
 * @param size members of each group, what fills it up included
 * @param rows (adapters, size, 2): row and position of each member
 * @param share (adapters, size): 1, or 0 of what fills a group up
 * @param places (batch, sequence, 2): group and member of each position
 */
@SuppressWarnings("ArrayRecordComponent")
record AdapterGroups(int adapters, int size, long[] rows, float[] share, long[] places) {

    /**
     * Of a decode step.
     *
     * @param adapterOf per row the number of its adapter, -1 for none; at least one has one
     */
    static AdapterGroups ofRows(int[] adapterOf) {
        int adapters = Arrays.stream(adapterOf).max().orElseThrow() + 1;
        int[] members = new int[adapters];
        boolean some = false;
        for (int adapter : adapterOf) {
            if (adapter < 0) {
                some = true;
            } else {
                members[adapter]++;
            }
        }
        int most = Arrays.stream(members).max().orElseThrow();
        // rows without an adapter need a place that adds nothing
        int size = some && Arrays.stream(members).allMatch(count -> count == most) ? most + 1 : most;
        int filler = 0;
        while (some && members[filler] == size) {
            filler++;
        }
        long[] rows = new long[adapters * size * 2];
        float[] share = new float[adapters * size];
        long[] places = new long[adapterOf.length * 2];
        int[] next = new int[adapters];
        for (int row = 0; row < adapterOf.length; row++) {
            int adapter = adapterOf[row];
            int member = adapter < 0 ? size - 1 : next[adapter]++;
            if (adapter >= 0) {
                rows[(adapter * size + member) * 2] = row;
                share[adapter * size + member] = 1;
            }
            places[row * 2] = adapter < 0 ? filler : adapter;
            places[row * 2 + 1] = member;
        }
        return new AdapterGroups(adapters, size, rows, share, places);
    }

    /** Of a pass over {@code tokens} positions of one row with one adapter. */
    static AdapterGroups ofChunk(int tokens) {
        long[] pairs = new long[tokens * 2];
        float[] share = new float[tokens];
        for (int i = 0; i < tokens; i++) {
            pairs[i * 2 + 1] = i;
            share[i] = 1;
        }
        return new AdapterGroups(1, tokens, pairs, share, pairs);
    }
}
