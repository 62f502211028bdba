package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.grammar.Node.Regular;
import io.causalstreams.inference.internal.constraint.grammar.Node.Series;
import io.causalstreams.inference.internal.constraint.grammar.Node.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the text of tags, in which the names of special tokens stand for those tokens. */
final class TagTexts {

    private final Expressions expressions;
    private final Map<String, Integer> special;

    TagTexts(Expressions expressions, TokenNames tokens) {
        this.expressions = expressions;
        this.special = tokens.special();
    }

    /** The text as it is written. */
    Node node(String text) {
        List<Node> parts = new ArrayList<>();
        int from = 0;
        int at = 0;
        while (at < text.length()) {
            String name = specialAt(text, at);
            if (name == null) {
                at++;
                continue;
            }
            parts.add(plain(text.substring(from, at)));
            parts.add(new Tokens(TokenNames.only(special.getOrDefault(name, 0))));
            at += name.length();
            from = at;
        }
        parts.add(plain(text.substring(from)));
        return new Series(parts);
    }

    /** The name of the special token that a text begins with, or null. */
    @Nullable
    String leadingSpecial(String text) {
        return specialAt(text, 0);
    }

    /** Whether a text has a special token in it. */
    boolean hasSpecial(String text) {
        return special.keySet().stream().anyMatch(name -> !name.isEmpty() && text.contains(name));
    }

    private @Nullable String specialAt(String text, int at) {
        String longest = null;
        for (String name : special.keySet()) {
            boolean longer = longest == null || name.length() > longest.length();
            if (!name.isEmpty() && longer && text.startsWith(name, at)) {
                longest = name;
            }
        }
        return longest;
    }

    private Node plain(String text) {
        return new Regular(text.isEmpty() ? Expressions.EMPTY : expressions.literal(text));
    }
}
