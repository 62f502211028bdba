package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/**
 * Where among the last tokens of a choice its text has its form, so that a stop string may end it there.
 *
 * <p>A place is a number of symbols of the text (see {@code StreamingDetokenizer.symbols()}) and may lie inside a token. The
 * constraint's states are kept as far back as the longest stop string reaches. Engine thread only.
 */
final class FormTrail {
    private final Tokenizer tokenizer;
    private final int reach;
    private final Deque<Step> steps = new ArrayDeque<>();

    /** @param reach symbols of the longest stop string */
    FormTrail(Tokenizer tokenizer, int reach) {
        this.tokenizer = tokenizer;
        this.reach = reach;
    }

    /** Goes on by a token, which may end the text before all of it is read. */
    void add(Step step) {
        steps.addLast(step);
        int earliest = step.symbols + 1 - reach;
        while (steps.size() > 1 && second().reaches(earliest)) {
            steps.removeFirst();
        }
    }

    private Step second() {
        Iterator<Step> each = steps.iterator();
        each.next();
        return each.next();
    }

    /** Whether the text up to a place, at most {@code reach} symbols before the end, has its form. */
    boolean isComplete(int place) {
        for (Iterator<Step> latest = steps.descendingIterator(); latest.hasNext(); ) {
            Step step = latest.next();
            if (step.reaches(place)) {
                return isComplete(step, place - step.symbols);
            }
        }
        return false;
    }

    private boolean isComplete(Step step, int symbols) {
        if (symbols == 0) {
            return step.before.accepting();
        }
        if (tokenizer.isSpecial(step.token)) {
            int whole = Math.max(1, (int)
                    new String(step.shown, StandardCharsets.UTF_8).codePoints().count());
            return symbols >= whole && step.before.after(step.token).accepting();
        }
        // At the start of a text some tokenizers leave out the space that a token begins with.
        byte[] bytes = tokenizer.bytesOf(step.token);
        int hidden = bytes.length - step.shown.length;
        return step.before.acceptsAfter(Arrays.copyOf(bytes, hidden + lengthOf(symbols, step.shown)));
    }

    /** Bytes of the first characters; those that the bytes begin with the rest of are one. */
    private static int lengthOf(int characters, byte[] bytes) {
        int length = 0;
        for (int i = 0; i < characters; i++) {
            do {
                length++;
            } while (length < bytes.length && (bytes[length] & 0xC0) == 0x80);
        }
        return Math.min(length, bytes.length);
    }

    /**
     * A token.
     *
     * @param before the constraint's state in front of it
     * @param shown what it adds to the text; nobody writes into it
     * @param symbols of the text in front of it, whole ones
     * @param insideCharacter whether it begins inside a character, which counts as its own
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Step(TokenConstraint.State before, int token, byte[] shown, int symbols, boolean insideCharacter) {

        private boolean reaches(int place) {
            return symbols < place || (symbols == place && !insideCharacter);
        }
    }
}
