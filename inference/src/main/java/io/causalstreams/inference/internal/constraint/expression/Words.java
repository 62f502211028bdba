package io.causalstreams.inference.internal.constraint.expression;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts cut into words, of which any in a row may be copied: from the beginning of one to the end of one, with all between them.
 *
 * <p>One thread; grows while texts are added, then only read.
 */
public final class Words {

    /** What a run from a word costs to make and to hold, in bytes of text that are gone through; it takes about 80 in memory. */
    static final int RUN_STEPS = 64;

    private final ByteSet alphabet;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final List<Word> words = new ArrayList<>();
    private boolean apart = true;
    private byte @Nullable [] bytes;
    private @Nullable RepeatedWords repeated;
    private @Nullable Expression runs;

    /**
     * @param start its first byte, and {@code end} the one behind its last
     * @param apart whether no run goes on from the word before it
     */
    private record Word(int start, int end, boolean apart) {}

    /** @param alphabet the bytes that can be written; no run holds another */
    Words(ByteSet alphabet) {
        this.alphabet = alphabet;
    }

    public void addWord(byte[] word) {
        if (!isWritable(word)) {
            cut();
            return;
        }
        int start = written.size();
        written.writeBytes(word);
        words.add(new Word(start, written.size(), apart));
        apart = false;
    }

    /** What stands between two words of a text. */
    public void addGap(byte[] gap) {
        if (isWritable(gap)) {
            written.writeBytes(gap);
        } else {
            cut();
        }
    }

    private boolean isWritable(byte[] bytes) {
        for (byte value : bytes) {
            if (!alphabet.contains(value & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    /** No run goes from what was added so far to what comes. */
    public void cut() {
        apart = true;
    }

    /** All runs, made once; {@link Expressions#NEVER} if there are none. */
    Expression runs(Expressions expressions) {
        if (runs == null) {
            runs = makeRuns(expressions);
        }
        return runs;
    }

    private Expression makeRuns(Expressions expressions) {
        expressions.countCopied((long) RUN_STEPS * words.size());
        BitSet ends = new BitSet(written.size());
        words.forEach(word -> ends.set(word.end));
        int[] lasts = lasts();
        List<LiteralSet.Entry> runs = new ArrayList<>();
        for (int i = 0; i < lasts.length; i++) {
            int start = words.get(i).start;
            runs.add(new LiteralSet.Entry(start, lasts[i] - start, ends, start));
        }
        return runs.isEmpty() ? Expressions.NEVER : expressions.literals(set(runs));
    }

    /**
     * Those that are in a language.
     *
     * @throws UnsupportedConstraintException if that, with what was copied before, takes too long to find out
     */
    Expression runsWithin(Exploration language, Expressions expressions) {
        byte[] bytes = bytes();
        int[] lasts = lasts();
        List<LiteralSet.Entry> runs = new ArrayList<>();
        for (int first = 0; first < lasts.length; first++) {
            expressions.countCopied(RUN_STEPS);
            int start = words.get(first).start;
            BitSet ends = new BitSet();
            int state = 0;
            int word = first;
            for (int at = start; at < lasts[first]; at++) {
                state = language.next(state, language.classOf[bytes[at] & 0xFF]);
                if (state == ByteTable.DEAD) {
                    break;
                }
                expressions.countCopied(1);
                if (at + 1 == words.get(word).end) {
                    word++;
                    ends.set(at + 1 - start, language.accepting(state));
                }
            }
            if (!ends.isEmpty()) {
                runs.add(new LiteralSet.Entry(start, ends.length() - 1, ends, 0));
            }
        }
        return runs.isEmpty() ? Expressions.NEVER : expressions.literals(set(runs));
    }

    private LiteralSet set(List<LiteralSet.Entry> runs) {
        if (repeated == null) {
            int[] starts = words.stream().mapToInt(Word::start).toArray();
            repeated = new RepeatedWords(bytes(), starts, lasts());
        }
        return new LiteralSet(bytes(), runs, repeated::alike);
    }

    private byte[] bytes() {
        if (bytes == null) {
            bytes = written.toByteArray();
        }
        return bytes;
    }

    /** The end of the longest run from each word. */
    private int[] lasts() {
        int[] lasts = new int[words.size()];
        for (int i = lasts.length - 1; i >= 0; i--) {
            boolean last = i + 1 == lasts.length || words.get(i + 1).apart;
            lasts[i] = last ? words.get(i).end : lasts[i + 1];
        }
        return lasts;
    }
}
