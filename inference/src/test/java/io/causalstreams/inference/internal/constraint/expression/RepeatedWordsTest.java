package io.causalstreams.inference.internal.constraint.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs of texts that repeat themselves, sorted as if byte by byte. */
class RepeatedWordsTest {
    private static final long SEED = Long.getLong("test.seed", 20_261_129L);

    /** Words with starts and the ends of their longest runs, as {@link Words} cuts them. */
    @SuppressWarnings("ArrayRecordComponent") // nobody writes into them
    private record Cut(byte[] bytes, int[] starts, int[] lasts) {

        /** @param texts words of each, with the gap behind */
        static Cut of(List<List<String>> texts) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            List<Integer> starts = new ArrayList<>();
            List<Integer> lasts = new ArrayList<>();
            for (List<String> text : texts) {
                for (String word : text) {
                    starts.add(bytes.size());
                    bytes.writeBytes(word.getBytes(StandardCharsets.UTF_8));
                }
                lasts.addAll(Collections.nCopies(text.size(), bytes.size()));
            }
            return new Cut(bytes.toByteArray(), ints(starts), ints(lasts));
        }

        private static int[] ints(List<Integer> values) {
            return values.stream().mapToInt(Integer::intValue).toArray();
        }

        RepeatedWords repeated() {
            return new RepeatedWords(bytes, starts, lasts);
        }

        /** Runs from each word; every third ends before its text does. */
        List<LiteralSet.Entry> entries(Random random) {
            List<LiteralSet.Entry> entries = new ArrayList<>();
            for (int i = 0; i < starts.length; i++) {
                int longest = lasts[i] - starts[i];
                int length = random.nextInt(3) == 0 ? 1 + random.nextInt(longest) : longest;
                BitSet ends = new BitSet();
                ends.set(length);
                entries.add(new LiteralSet.Entry(starts[i], length, ends, 0));
            }
            return entries;
        }
    }

    @Test
    void shouldSortAsByteByByte() {
        Random random = new Random(SEED);
        for (int round = 0; round < 100; round++) {
            // Given
            Cut cut = Cut.of(texts(random));
            List<LiteralSet.Entry> entries = cut.entries(random);

            // When
            LiteralSet set = new LiteralSet(cut.bytes, entries, cut.repeated()::alike);

            // Then
            TreeSet<byte[]> naive = new TreeSet<>(Arrays::compareUnsigned);
            entries.forEach(
                    each -> naive.add(Arrays.copyOfRange(cut.bytes, each.start(), each.start() + each.length())));
            assertThat(set.size()).as("seed %d, round %d", SEED, round).isEqualTo(naive.size());
            int index = 0;
            for (byte[] expected : naive) {
                assertThat(set.lengthOf(index)).isEqualTo(expected.length);
                int step = Math.max(1, expected.length / 20);
                for (int depth = 0; depth < expected.length; depth += step) {
                    assertThat(set.bytesAt(index, index + 1, depth))
                            .as("seed %d, round %d, string %d, byte %d", SEED, round, index, depth)
                            .isEqualTo(ByteSet.of(expected[depth] & 0xFF));
                }
                index++;
            }
        }
    }

    @Test
    void shouldSkipOnlyWhatIsTheSame() {
        Random random = new Random(SEED);
        for (int round = 0; round < 300; round++) {
            Cut cut = Cut.of(texts(random));
            RepeatedWords repeated = cut.repeated();
            for (int i = 0; i < 50; i++) {
                int one = random.nextInt(cut.starts.length);
                int other = random.nextInt(cut.starts.length);
                int skipped = repeated.alike(cut.starts[one], cut.starts[other]);
                int same = Arrays.mismatch(
                        cut.bytes, cut.starts[one], cut.lasts[one], cut.bytes, cut.starts[other], cut.lasts[other]);
                assertThat(skipped)
                        .as("seed %d, round %d", SEED, round)
                        .isLessThanOrEqualTo(same < 0 ? cut.lasts[one] - cut.starts[one] : same);
            }
        }
    }

    @Test
    void shouldSkipAllThatRepeatsItself() {
        Cut cut = Cut.of(List.of(Collections.nCopies(100_000, "a ")));
        int skipped = cut.repeated().alike(cut.starts[0], cut.starts[1_000]);
        assertThat(skipped).isEqualTo(cut.lasts[0] - cut.starts[1_000]);
    }

    @Test
    @Timeout(20)
    void shouldSortALongTextOfOneWord() {
        Cut cut = Cut.of(List.of(Collections.nCopies(100_000, "a ")));
        LiteralSet set = new LiteralSet(cut.bytes, cut.entries(new Random(1)), cut.repeated()::alike);
        assertThat(set.bytesUsed().cardinality()).isEqualTo(2);
        assertThat(set.size()).isGreaterThan(60_000);
    }

    /** Of few words, some the beginning of others, so that much comes again, and of one part again and again. */
    private static List<List<String>> texts(Random random) {
        List<String> known = List.of("a", "ab", "a ", "b", "ba ", "é");
        List<List<String>> texts = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            List<String> part = new ArrayList<>();
            for (int j = 1 + random.nextInt(8); j > 0; j--) {
                part.add(known.get(random.nextInt(known.size())));
            }
            List<String> text = new ArrayList<>();
            for (int j = 1 + random.nextInt(200); j > 0; j--) {
                text.addAll(part);
            }
            if (random.nextBoolean()) {
                text.set(random.nextInt(text.size()), "c");
            }
            texts.add(text);
        }
        return texts;
    }
}
