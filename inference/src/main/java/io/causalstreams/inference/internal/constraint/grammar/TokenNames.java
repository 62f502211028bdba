package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds tokens by name. Immutable. */
final class TokenNames {

    private final Vocabulary vocabulary;

    /** Special tokens by their name. */
    private final Map<String, Integer> special = new HashMap<>();

    TokenNames(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        for (int token = 0; token < vocabulary.size(); token++) {
            if (vocabulary.isSpecial(token)) {
                special.putIfAbsent(vocabulary.textOf(token), token);
            }
        }
    }

    int size() {
        return vocabulary.size();
    }

    /** Special tokens by their name. */
    Map<String, Integer> special() {
        return special;
    }

    /** The special token of that name, or else a token of that text; null if there is neither. */
    @Nullable
    Integer find(String name) {
        Integer token = special.get(name);
        if (token != null) {
            return token;
        }
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        for (int id = 0; id < vocabulary.size(); id++) {
            if (!vocabulary.isSpecial(id) && Arrays.equals(vocabulary.bytesOf(id), bytes)) {
                return id;
            }
        }
        return null;
    }

    static BitSet only(int token) {
        BitSet tokens = new BitSet();
        tokens.set(token);
        return tokens;
    }

    /** Every token but these. */
    BitSet except(BitSet tokens) {
        BitSet others = new BitSet();
        others.set(0, vocabulary.size());
        others.andNot(tokens);
        return others;
    }
}
