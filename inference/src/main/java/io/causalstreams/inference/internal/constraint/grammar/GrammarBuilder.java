package io.causalstreams.inference.internal.constraint.grammar;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.grammar.ContextFreeGrammar.Terminal;
import io.causalstreams.inference.internal.constraint.grammar.Node.Alternatives;
import io.causalstreams.inference.internal.constraint.grammar.Node.Json;
import io.causalstreams.inference.internal.constraint.grammar.Node.Reference;
import io.causalstreams.inference.internal.constraint.grammar.Node.Regular;
import io.causalstreams.inference.internal.constraint.grammar.Node.Repeated;
import io.causalstreams.inference.internal.constraint.grammar.Node.Series;
import io.causalstreams.inference.internal.constraint.grammar.Node.Tokens;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a definition out as productions.
 *
 * <p>Where every split of a text counts, what needs no recursion is joined into one terminal, over the borders of rules: a
 * mask walks the vocabulary with the states of terminals, so the longer they are, the more of that walk is done once for all.
 */
final class GrammarBuilder {

    private static final int MAX_SYMBOLS = 100_000;

    private final GrammarDefinition definition;
    private final RegularParts regular;
    private final List<Terminal> terminals = new ArrayList<>();
    private final Map<Terminal, Integer> terminalNumbers = new HashMap<>();
    private final List<List<int[]>> productions = new ArrayList<>();
    private final Map<String, Integer> nonterminals = new HashMap<>();
    private final Deque<String> unwritten = new ArrayDeque<>();
    private long size;

    private GrammarBuilder(GrammarDefinition definition, Expressions expressions) {
        this.definition = definition;
        this.regular = new RegularParts(definition, expressions);
    }

    /** @throws UnsupportedConstraintException if it is too large or no text meets it */
    static ContextFreeGrammar build(GrammarDefinition definition, Expressions expressions) {
        return new GrammarBuilder(definition, expressions).build();
    }

    private ContextFreeGrammar build() {
        int start = nonterminal();
        add(start, symbols(new Reference(definition.start())));
        while (!unwritten.isEmpty()) {
            String rule = unwritten.remove();
            addBranches(numberOf(rule), bodyOf(rule));
        }
        int ignored = definition.ignored() == Expressions.NEVER
                ? ContextFreeGrammar.NONE
                : ~terminal(new Terminal(definition.ignored(), null, false));
        return new ProductionTables(productions, terminals).toGrammar(ignored, definition.greedy());
    }

    private Node bodyOf(String rule) {
        Node body = definition.rules().get(rule);
        if (body == null) {
            throw new IllegalStateException("rule " + rule + " is not defined");
        }
        return body;
    }

    private int nonterminal() {
        productions.add(new ArrayList<>());
        return productions.size() - 1;
    }

    private int numberOf(String rule) {
        Integer known = nonterminals.get(rule);
        if (known != null) {
            return known;
        }
        int number = nonterminal();
        nonterminals.put(rule, number);
        unwritten.add(rule);
        return number;
    }

    /** The symbol of a terminal. */
    private int terminal(Terminal terminal) {
        Integer known = terminalNumbers.get(terminal);
        if (known == null) {
            known = terminals.size();
            terminals.add(terminal);
            terminalNumbers.put(terminal, known);
        }
        return ~known;
    }

    private void add(int nonterminal, List<Integer> symbols) {
        count(symbols.size() + 1);
        productions
                .get(nonterminal)
                .add(symbols.stream().mapToInt(Integer::intValue).toArray());
    }

    private void count(int more) {
        size += more;
        if (size > MAX_SYMBOLS) {
            throw new UnsupportedConstraintException(
                    "the grammar is too large: with its counts written out it has more than " + MAX_SYMBOLS
                            + " symbols; use smaller counts");
        }
    }

    private void addBranches(int nonterminal, Node body) {
        if (!(body instanceof Alternatives alternatives)) {
            add(nonterminal, symbols(body));
            return;
        }
        for (Node branch : regular.joinedBranches(alternatives.branches())) {
            add(nonterminal, symbols(branch));
        }
    }

    private List<Integer> symbols(Node node) {
        List<Integer> symbols = new ArrayList<>();
        List<Node> parts = node instanceof Series series ? series.parts() : List.of(node);
        for (Node part : regular.joinedParts(parts)) {
            addSymbols(part, symbols);
        }
        return symbols;
    }

    private void addSymbols(Node node, List<Integer> symbols) {
        if (node instanceof Regular text) {
            if (text.language() != Expressions.EMPTY) {
                symbols.add(terminal(new Terminal(regular.lexeme(text.language()), null, text.lazy())));
            }
        } else if (node instanceof Json json) {
            symbols.add(terminal(new Terminal(json.grammar(), null, false)));
        } else if (node instanceof Tokens tokens) {
            symbols.add(terminal(new Terminal(Expressions.NEVER, tokens.ids(), false)));
        } else if (node instanceof Reference reference) {
            symbols.add(numberOf(reference.rule()));
        } else if (node instanceof Series series) {
            symbols.addAll(symbols(series));
        } else if (node instanceof Alternatives) {
            int nonterminal = nonterminal();
            addBranches(nonterminal, node);
            symbols.add(nonterminal);
        } else {
            addRepeated((Repeated) node, symbols);
        }
    }

    private void addRepeated(Repeated repeated, List<Integer> symbols) {
        List<Integer> body = symbols(repeated.body());
        int unit;
        if (body.size() == 1) {
            unit = body.get(0);
        } else {
            unit = nonterminal();
            add(unit, body);
        }
        count(repeated.min());
        for (int i = 0; i < repeated.min(); i++) {
            symbols.add(unit);
        }
        if (repeated.max() == UNBOUNDED) {
            int star = nonterminal();
            add(star, List.of());
            add(star, List.of(star, unit));
            symbols.add(star);
            return;
        }
        int optional = ContextFreeGrammar.NONE;
        for (int i = repeated.min(); i < repeated.max(); i++) {
            int longer = nonterminal();
            add(longer, List.of());
            add(longer, optional < 0 ? List.of(unit) : List.of(unit, optional));
            optional = longer;
        }
        if (optional >= 0) {
            symbols.add(optional);
        }
    }
}
