package io.causalstreams.inference.internal.constraint.expression;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a text goes on alike from the beginnings of two words.
 *
 * <p>Words in a row have names, {@code name[k][i]} that of the 2^k words from word i on, each with what stands behind it: equal names,
 * equal bytes. A name of twice as many words is the pair of two names. So what two places have in common is found in one step for
 * each k, from the longest down, instead of byte by byte. Time and memory: m log m for m words, made when it is asked for first.
 *
 * <p>One thread. Reference: Karp, Miller, Rosenberg, Rapid identification of repeated patterns in strings, trees and arrays, STOC 1972.
 */
final class RepeatedWords {

    private final byte[] bytes;
    private final int[] starts;
    private final int[] lasts;
    private @Nullable List<int[]> names;

    /**
     * Of words that are cut.
     *
     * @param starts where each begins, in ascending order
     * @param lasts where the longest run from each ends
     */
    RepeatedWords(byte[] bytes, int[] starts, int[] lasts) {
        this.bytes = bytes;
        this.starts = starts;
        this.lasts = lasts;
    }

    /** How many bytes are the same from {@code start} and {@code other} on, which begin words; there may be more. */
    int alike(int start, int other) {
        List<int[]> names = names();
        int first = Arrays.binarySearch(starts, start);
        int second = Arrays.binarySearch(starts, other);
        int words = 0;
        for (int k = names.size() - 1; k >= 0; k--) {
            int name = name(names.get(k), first, words);
            if (name >= 0 && name == name(names.get(k), second, words)) {
                words += 1 << k;
            }
        }
        return words == 0 ? 0 : endOf(first + words - 1) - start;
    }

    /** Of the words behind so many from {@code first} on; -1 where its run has ended. */
    private int name(int[] level, int first, int words) {
        int word = first + words;
        return word < level.length && lasts[word] == lasts[first] ? level[word] : -1;
    }

    /** Where the next word of its run begins, or the run ends. */
    private int endOf(int word) {
        boolean last = word + 1 == starts.length || lasts[word + 1] != lasts[word];
        return last ? lasts[word] : starts[word + 1];
    }

    private List<int[]> names() {
        if (names == null) {
            names = new ArrayList<>();
            int[] level = single();
            for (int words = 1; level.length > 0; words *= 2) {
                names.add(level);
                level = doubled(level, words);
            }
        }
        return names;
    }

    private int[] single() {
        Map<ByteBuffer, Integer> known = new HashMap<>();
        int[] single = new int[starts.length];
        for (int i = 0; i < single.length; i++) {
            ByteBuffer word = ByteBuffer.wrap(bytes, starts[i], endOf(i) - starts[i]);
            single[i] = known.computeIfAbsent(word, unseen -> known.size());
        }
        return single;
    }

    /** Names of twice as many words; -1 where a run has not so many. Empty when none occurs twice: then there is nothing to skip. */
    private int[] doubled(int[] level, int words) {
        Map<Long, Integer> known = new HashMap<>();
        int[] doubled = new int[Math.max(0, level.length - words)];
        boolean repeated = false;
        for (int i = 0; i < doubled.length; i++) {
            boolean inOneRun = lasts[i] == lasts[i + words] && level[i] >= 0 && level[i + words] >= 0;
            doubled[i] = -1;
            if (inOneRun) {
                int fresh = known.size();
                Integer name = known.putIfAbsent((long) level[i] << Integer.SIZE | level[i + words], fresh);
                doubled[i] = name == null ? fresh : name;
                repeated |= name != null;
            }
        }
        return repeated ? doubled : new int[0];
    }
}
