package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.grammar.Node.Alternatives;
import io.causalstreams.inference.internal.constraint.grammar.Node.Reference;
import io.causalstreams.inference.internal.constraint.grammar.Node.Regular;
import io.causalstreams.inference.internal.constraint.grammar.Node.Repeated;
import io.causalstreams.inference.internal.constraint.grammar.Node.Series;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the parts of a grammar that need no recursion and joins neighbours among them. */
final class RegularParts {

    private static final int MAX_DEPTH = 300;

    private final GrammarDefinition definition;
    private final Expressions expressions;
    private final Map<String, Optional<Expression>> rules = new HashMap<>();
    private final Set<String> open = new HashSet<>();
    private int depth;

    RegularParts(GrammarDefinition definition, Expressions expressions) {
        this.definition = definition;
        this.expressions = expressions;
    }

    /** The parts of a series, neighbours that are regular as one; unchanged where terminals are what was written. */
    List<Node> joinedParts(List<Node> parts) {
        if (definition.greedy()) {
            return parts;
        }
        List<Node> joined = new ArrayList<>();
        Expression pending = Expressions.EMPTY;
        for (Node part : parts) {
            Expression language = languageOf(part);
            if (language != null) {
                pending = expressions.sequence(pending, language);
                continue;
            }
            joined.add(new Regular(pending));
            joined.add(part);
            pending = Expressions.EMPTY;
        }
        joined.add(new Regular(pending));
        return joined;
    }

    /** The branches, those that are regular as one; unchanged where terminals are what was written. */
    List<Node> joinedBranches(List<Node> branches) {
        if (definition.greedy()) {
            return branches;
        }
        List<Node> joined = new ArrayList<>();
        List<Expression> languages = new ArrayList<>();
        for (Node branch : branches) {
            Expression language = languageOf(branch);
            if (language == null) {
                joined.add(branch);
            } else {
                languages.add(language);
            }
        }
        if (!languages.isEmpty()) {
            joined.add(new Regular(expressions.union(languages)));
        }
        return joined;
    }

    Expression lexeme(Expression language) {
        return expressions.lexeme(language);
    }

    /** The language over bytes, or null if it takes recursion, tokens or JSON. */
    private @Nullable Expression languageOf(Node node) {
        if (node instanceof Regular text) {
            return text.language();
        } else if (node instanceof Reference reference) {
            return languageOf(reference.rule());
        } else if (node instanceof Series series) {
            List<Expression> parts = languagesOf(series.parts());
            return parts == null ? null : expressions.sequence(parts.toArray(Expression[]::new));
        } else if (node instanceof Alternatives alternatives) {
            List<Expression> branches = languagesOf(alternatives.branches());
            return branches == null ? null : expressions.union(branches);
        } else if (node instanceof Repeated repeated) {
            Expression body = languageOf(repeated.body());
            return body == null ? null : expressions.repetition(body, repeated.min(), repeated.max());
        }
        return null;
    }

    private @Nullable List<Expression> languagesOf(List<Node> nodes) {
        List<Expression> languages = new ArrayList<>();
        for (Node node : nodes) {
            Expression language = languageOf(node);
            if (language == null) {
                return null;
            }
            languages.add(language);
        }
        return languages;
    }

    private @Nullable Expression languageOf(String rule) {
        Optional<Expression> known = rules.get(rule);
        if (known != null) {
            return known.orElse(null);
        }
        if (!open.add(rule)) {
            return null; // It leads back to itself, and so does everything on the way here.
        }
        if (++depth > MAX_DEPTH) {
            throw new UnsupportedConstraintException(
                    "rules refer to each other through more than " + MAX_DEPTH + " rules at '" + rule + "'");
        }
        Node body = definition.rules().get(rule);
        Expression language = body == null ? null : languageOf(body);
        depth--;
        open.remove(rule);
        rules.put(rule, Optional.ofNullable(language));
        return language;
    }
}
