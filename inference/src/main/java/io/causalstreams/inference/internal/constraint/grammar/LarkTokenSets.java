package io.causalstreams.inference.internal.constraint.grammar;

import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code <name>}, {@code <[7]>}, {@code <[7,10-20]>}, {@code <[^7]>} and {@code <[*]>}. */
final class LarkTokenSets {

    private static final Pattern LIST = Pattern.compile("<\\[(\\^?)([^\\]]*)\\]>");
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

    private LarkTokenSets() {}

    static BitSet read(LarkToken token, SourceText text, TokenNames tokens) {
        Matcher list = LIST.matcher(token.text());
        if (!list.matches()) {
            Integer id = tokens.find(token.text());
            if (id == null) {
                throw text.error("'" + token.text() + "' is not one token of the vocabulary", token.position());
            }
            return TokenNames.only(id);
        }
        if (list.group(2).equals("*") && list.group(1).isEmpty()) {
            return tokens.except(new BitSet());
        }
        BitSet ids = new BitSet();
        for (String part : list.group(2).split(",", -1)) {
            Matcher range = RANGE.matcher(part);
            if (!range.matches()) {
                throw text.error("'" + part + "' is no token id and no range of them", token.position());
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (last < first || last >= tokens.size()) {
                throw text.error(
                        "the range '" + part + "' is not one of the vocabulary's " + tokens.size() + " tokens",
                        token.position());
            }
            ids.set(first, last + 1);
        }
        return list.group(1).isEmpty() ? ids : tokens.except(ids);
    }
}
