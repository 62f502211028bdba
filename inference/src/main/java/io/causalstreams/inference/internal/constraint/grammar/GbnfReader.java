package io.causalstreams.inference.internal.constraint.grammar;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.grammar.Node.Alternatives;
import io.causalstreams.inference.internal.constraint.grammar.Node.Reference;
import io.causalstreams.inference.internal.constraint.grammar.Node.Regular;
import io.causalstreams.inference.internal.constraint.grammar.Node.Repeated;
import io.causalstreams.inference.internal.constraint.grammar.Node.Series;
import io.causalstreams.inference.internal.constraint.grammar.Node.Tokens;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.CodePoints;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads GBNF as llama.cpp does ({@code grammars/README.md} there), the rule {@code root} being the start. Beyond llama.cpp:
 * left recursion, and any count the grammar's size allows.
 */
final class GbnfReader {

    private static final String START = "root";
    private static final int MAX_DEPTH = 100;

    private final SourceText text;
    private final Expressions expressions;
    private final TokenNames tokens;
    private final Map<String, Node> rules = new LinkedHashMap<>();
    private final Map<String, Integer> references = new LinkedHashMap<>();

    private GbnfReader(String text, Expressions expressions, TokenNames tokens) {
        this.text = new SourceText(text);
        this.expressions = expressions;
        this.tokens = tokens;
    }

    /** @throws UnsupportedConstraintException with the position if it is no GBNF, or lacks a rule it refers to */
    static GrammarDefinition read(String text, Expressions expressions, TokenNames tokens) {
        return new GbnfReader(text, expressions, tokens).grammar();
    }

    private GrammarDefinition grammar() {
        space(true);
        while (!text.atEnd()) {
            rule();
        }
        references.forEach((name, position) -> {
            if (!rules.containsKey(name)) {
                throw text.error("rule '" + name + "' is not defined", position);
            }
        });
        if (!rules.containsKey(START)) {
            throw new UnsupportedConstraintException("rule 'root', the start of a GBNF grammar, is not defined");
        }
        return new GrammarDefinition(rules, START, false, Expressions.NEVER);
    }

    private void rule() {
        int start = text.position();
        String name = name();
        space(false);
        text.expect("::=");
        space(true);
        Node body = alternatives(0);
        if (!text.atEnd() && text.peek() != '\n' && text.peek() != '\r') {
            throw text.error("'" + Character.toString(text.peek()) + "' is not expected here");
        }
        if (rules.put(name, body) != null) {
            throw text.error("rule '" + name + "' is defined twice", start);
        }
        space(true);
    }

    private Node alternatives(int depth) {
        List<Node> branches = new ArrayList<>(List.of(series(depth)));
        while (text.accept("|")) {
            space(true);
            branches.add(series(depth));
        }
        return branches.size() == 1 ? branches.get(0) : new Alternatives(branches);
    }

    private Node series(int depth) {
        List<Node> parts = new ArrayList<>();
        while (true) {
            int c = text.peek();
            if (c == '"') {
                parts.add(literal());
            } else if (c == '[') {
                parts.add(characters(characterClass()));
            } else if (c == '.') {
                text.read();
                parts.add(characters(CodePoints.ALL));
            } else if (c == '<' || c == '!') {
                parts.add(token());
            } else if (c == '(') {
                parts.add(group(depth));
            } else if (isNameCharacter(c)) {
                int start = text.position();
                String name = name();
                references.putIfAbsent(name, start);
                parts.add(new Reference(name));
            } else if (c == '*' || c == '+' || c == '?' || c == '{') {
                if (parts.isEmpty()) {
                    throw text.error("'" + Character.toString(c) + "' has nothing to repeat");
                }
                parts.set(parts.size() - 1, repeated(parts.get(parts.size() - 1)));
            } else {
                return parts.size() == 1 ? parts.get(0) : new Series(parts);
            }
            space(depth > 0);
        }
    }

    private Node group(int depth) {
        if (depth == MAX_DEPTH) {
            throw text.error("groups are nested deeper than " + MAX_DEPTH);
        }
        text.expect("(");
        space(true);
        Node body = alternatives(depth + 1);
        text.expect(")");
        return body;
    }

    private Node repeated(Node body) {
        int start = text.position();
        int c = text.read();
        if (c == '*') {
            return new Repeated(body, 0, UNBOUNDED);
        } else if (c == '+') {
            return new Repeated(body, 1, UNBOUNDED);
        } else if (c == '?') {
            return new Repeated(body, 0, 1);
        }
        space(true);
        int min = text.number();
        int max = min;
        space(true);
        if (text.accept(",")) {
            space(true);
            max = text.peek() == '}' ? UNBOUNDED : text.number();
            space(true);
        }
        text.expect("}");
        if (max < min) {
            throw text.error("the count's upper bound " + max + " is less than " + min, start);
        }
        return new Repeated(body, min, max);
    }

    private Node literal() {
        text.expect("\"");
        StringBuilder literal = new StringBuilder();
        while (text.peek() != '"') {
            literal.appendCodePoint(character());
        }
        text.read();
        return new Regular(literal.isEmpty() ? Expressions.EMPTY : expressions.literal(literal.toString()));
    }

    private CodePoints characterClass() {
        text.expect("[");
        boolean negated = text.accept("^");
        CodePoints set = CodePoints.NONE;
        while (text.peek() != ']') {
            int start = text.position();
            int low = character();
            int high = low;
            if (text.peek() == '-' && text.peek(1) != ']') {
                text.read();
                high = character();
            }
            if (high < low) {
                throw text.error("the range's end is before its beginning", start);
            }
            set = set.or(CodePoints.range(low, high));
        }
        text.read();
        return negated ? set.not() : set;
    }

    private Node characters(CodePoints set) {
        Expression language = CharacterEncoding.TEXT.encode(set, expressions);
        return new Regular(language);
    }

    private int character() {
        int start = text.position();
        int c = text.read();
        if (c != '\\') {
            return c;
        }
        int escaped = text.read();
        return switch (escaped) {
            case 'x' -> text.hex(2);
            case 'u' -> text.hex(4);
            case 'U' -> text.hex(8);
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'n' -> '\n';
            case '\\', '"', '[', ']', '-' -> escaped;
            default -> throw text.error("the escape '\\" + Character.toString(escaped) + "' is not known", start);
        };
    }

    private Node token() {
        boolean negated = text.accept("!");
        int start = text.position();
        text.expect("<");
        int id;
        if (text.accept("[")) {
            id = text.number();
            text.expect("]");
            text.expect(">");
            if (id >= tokens.size()) {
                throw text.error("token " + id + " is not in the vocabulary of " + tokens.size(), start);
            }
        } else {
            while (text.read() != '>') {
                // goes on to the end of the name
            }
            String name = text.from(start);
            Integer found = tokens.find(name);
            if (found == null) {
                throw text.error("'" + name + "' is not one token of the vocabulary", start);
            }
            id = found;
        }
        BitSet one = TokenNames.only(id);
        return new Tokens(negated ? tokens.except(one) : one);
    }

    private String name() {
        int start = text.position();
        while (isNameCharacter(text.peek())) {
            text.read();
        }
        if (text.position() == start) {
            throw text.error("a rule's name is expected");
        }
        return text.from(start);
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    private void space(boolean lines) {
        while (true) {
            int c = text.peek();
            if (c == '#') {
                text.skipLine();
            } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
                text.read();
            } else {
                return;
            }
        }
    }
}
