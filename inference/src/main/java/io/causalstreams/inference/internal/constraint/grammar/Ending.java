package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.grammar.Node.Alternatives;
import io.causalstreams.inference.internal.constraint.grammar.Node.Regular;
import io.causalstreams.inference.internal.constraint.grammar.Node.Series;
import io.causalstreams.inference.internal.constraint.grammar.Node.Tokens;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What ends a tag: one of some texts, or of some tokens; nothing if both are empty.
 *
 * @param tokens do not change
 */
record Ending(List<String> texts, BitSet tokens) {

    static final Ending NONE = new Ending(List.of(), new BitSet());

    static Ending texts(List<String> texts) {
        return new Ending(texts, new BitSet());
    }

    static Ending token(int token) {
        return new Ending(List.of(), TokenNames.only(token));
    }

    boolean isNone() {
        return texts.isEmpty() && tokens.isEmpty();
    }

    Node node(TagTexts tags) {
        List<Node> branches = new ArrayList<>();
        texts.forEach(text -> branches.add(tags.node(text)));
        if (!tokens.isEmpty()) {
            branches.add(new Tokens(tokens));
        }
        return branches.isEmpty() ? new Regular(Expressions.EMPTY) : new Alternatives(branches);
    }

    /**
     * Free text, ended.
     *
     * @param excluded what does not occur in it
     */
    Node after(FreeText free, List<String> excluded, TagTexts tags) {
        List<String> plain = plain(tags);
        List<String> avoided = new ArrayList<>(excluded);
        avoided.addAll(plain);
        List<Node> branches = new ArrayList<>();
        plain.forEach(text -> branches.add(new Regular(free.until(text, avoided))));
        if (plain.size() < texts.size() || !tokens.isEmpty() || isNone()) {
            Ending special = new Ending(
                    texts.stream().filter(text -> !plain.contains(text)).toList(), tokens);
            branches.add(new Series(new Regular(free.without(avoided)), special.node(tags)));
        }
        return new Alternatives(branches);
    }

    /** The texts in which no special token occurs. */
    List<String> plain(TagTexts tags) {
        return texts.stream().filter(text -> !tags.hasSpecial(text)).toList();
    }
}
