package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import java.util.BitSet;
import java.util.List;

/** The right side of a rule as it was written, whatever the notation. */
sealed interface Node {

    /**
     * A regular language over bytes.
     *
     * @param lazy whether it ends with its first match; only where the grammar is read {@linkplain GrammarDefinition#greedy greedily}
     */
    record Regular(Expression language, boolean lazy) implements Node {
        Regular(Expression language) {
            this(language, false);
        }
    }

    /** JSON values of a schema, as a grammar of lexemes. */
    record Json(Expression grammar) implements Node {}

    /** One token of a set, by its id. Do not change the set. */
    record Tokens(BitSet ids) implements Node {}

    /** What the rule of that name says. */
    record Reference(String rule) implements Node {}

    /** One after the other; the empty list is the empty text. */
    record Series(List<Node> parts) implements Node {
        Series(Node... parts) {
            this(List.of(parts));
        }
    }

    /** Any of the branches. */
    record Alternatives(List<Node> branches) implements Node {
        Alternatives(Node... branches) {
            this(List.of(branches));
        }
    }

    /** {@code min} to {@code max} times the body; {@link Expression#UNBOUNDED} for any number. */
    record Repeated(Node body, int min, int max) implements Node {}
}
