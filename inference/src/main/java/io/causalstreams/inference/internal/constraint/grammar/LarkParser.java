package io.causalstreams.inference.internal.constraint.grammar;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.grammar.LarkToken.Kind;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Choice;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Conjunction;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Count;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Definition;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Leaf;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Negation;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Part;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Range;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Row;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Substring;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads Lark as LLGuidance does ({@code docs/syntax.md} there). What that does not do either, or does outside of what can be
 * written, such as temperatures of parts, is refused by name and position.
 */
final class LarkParser {

    private static final int MAX_DEPTH = 100;

    private final SourceText text;
    private final List<LarkToken> tokens;
    private int next;

    /** Rules and terminals by name. */
    final Map<String, Definition> definitions = new LinkedHashMap<>();

    /** Names of terminals in Lark's own library, by the name they are given here. */
    final Map<String, LarkToken> imports = new LinkedHashMap<>();

    final List<Part> ignored = new ArrayList<>();

    LarkParser(SourceText text) {
        this.text = text;
        this.tokens = LarkLexer.split(text);
        while (peek().kind() != Kind.END) {
            if (peek().kind() == Kind.DIRECTIVE) {
                directive();
            } else {
                definition();
            }
            if (peek().kind() != Kind.LINE_END) {
                throw unexpected("the end of the line");
            }
            next++;
        }
    }

    private void directive() {
        LarkToken directive = take();
        switch (directive.text()) {
            case "%ignore" -> ignored.add(choice(0));
            case "%import" -> importNames();
            case "%llguidance" -> {
                LarkToken options = take();
                if (!options.text().equals("{}")) {
                    throw text.error("options in %llguidance are not supported", options.position());
                }
            }
            default -> throw text.error(directive.text() + " is not supported", directive.position());
        }
    }

    private void importNames() {
        LarkToken library = take();
        if (!library.text().equals("common")) {
            throw text.error("only terminals of 'common' can be imported", library.position());
        }
        expect(".");
        if (accept("(")) {
            throw unexpected("a name");
        }
        LarkToken name = take();
        LarkToken alias = accept("->") ? take() : name;
        imports.put(alias.text(), name);
    }

    private void definition() {
        LarkToken name = take();
        if (name.kind() != Kind.RULE && name.kind() != Kind.TERMINAL) {
            throw text.error(
                    "a rule, a terminal or a directive is expected, not '" + name.text() + "'", name.position());
        }
        if (peek().is("::")) {
            throw text.error("parametric rules are not supported", peek().position());
        } else if (peek().is("{")) {
            throw text.error("templates are not supported", peek().position());
        } else if (peek().is(".")) {
            throw text.error("priorities are not supported", peek().position());
        }
        boolean lazy = false;
        Part suffix = null;
        if (accept("[")) {
            while (!accept("]")) {
                LarkToken attribute = take();
                switch (attribute.text()) {
                    case "lazy" -> lazy = true;
                    case "suffix" -> {
                        expect("=");
                        suffix = leaf();
                        lazy = true;
                    }
                    case "capture" -> {
                        if (accept("=")) {
                            take();
                        }
                    }
                    default ->
                        throw text.error(
                                "the attribute '" + attribute.text() + "' is not supported", attribute.position());
                }
                accept(",");
            }
        }
        expect(":");
        Definition definition = new Definition(plain(name.text()), choice(0), lazy, suffix, name.position());
        if (definitions.put(definition.name(), definition) != null) {
            throw text.error("'" + definition.name() + "' is defined twice", name.position());
        }
    }

    /** Without the marks for what becomes of the syntax tree. */
    private static String plain(String name) {
        return name.replaceFirst("^!?\\??", "");
    }

    private Part choice(int depth) {
        if (depth > MAX_DEPTH) {
            throw text.error("groups are nested deeper than " + MAX_DEPTH, peek().position());
        }
        List<Part> branches = new ArrayList<>();
        do {
            branches.add(conjunction(depth));
            if (accept("->")) {
                take();
            }
            if (peek().text().equals("%if")) {
                throw text.error("%if is not supported", peek().position());
            }
        } while (accept("|"));
        return branches.size() == 1 ? branches.get(0) : new Choice(branches);
    }

    private Part conjunction(int depth) {
        List<Part> parts = new ArrayList<>();
        do {
            parts.add(row(depth));
        } while (accept("&"));
        return parts.size() == 1 ? parts.get(0) : new Conjunction(parts);
    }

    private Part row(int depth) {
        List<Part> parts = new ArrayList<>();
        while (!isEndOfRow()) {
            parts.add(counted(depth));
        }
        return parts.size() == 1 ? parts.get(0) : new Row(parts);
    }

    private boolean isEndOfRow() {
        LarkToken token = peek();
        return token.kind() == Kind.LINE_END
                || token.is("|")
                || token.is("->")
                || token.is(")")
                || token.is("]")
                || token.is("&")
                || token.text().equals("%if");
    }

    private Part counted(int depth) {
        Part body = negatable(depth);
        int start = peek().position();
        int min;
        int max;
        if (accept("*")) {
            min = 0;
            max = UNBOUNDED;
        } else if (accept("+")) {
            min = 1;
            max = UNBOUNDED;
        } else if (accept("?")) {
            min = 0;
            max = 1;
        } else if (peek().is("~") && tokens.get(next + 1).kind() == Kind.NUMBER) {
            next++;
            min = number();
            max = accept("..") ? number() : min;
        } else if (accept("{")) {
            min = peek().is(",") ? 0 : number();
            max = !accept(",") ? min : peek().is("}") ? UNBOUNDED : number();
            expect("}");
        } else {
            return body;
        }
        if (max < min) {
            throw text.error("the count's upper bound " + max + " is less than " + min, start);
        }
        return new Count(body, min, max);
    }

    private Part negatable(int depth) {
        return accept("~") ? new Negation(atom(depth)) : atom(depth);
    }

    private Part atom(int depth) {
        if (accept("(")) {
            Part body = choice(depth + 1);
            expect(")");
            return body;
        } else if (accept("[")) {
            Part body = choice(depth + 1);
            expect("]");
            return new Count(body, 0, 1);
        }
        return leaf();
    }

    private Part leaf() {
        LarkToken token = take();
        switch (token.kind()) {
            case STRING -> {
                if (accept("..")) {
                    return new Range(token, take());
                }
            }
            case RULE, TERMINAL -> {
                if (peek().is("::")) {
                    throw text.error("parametric rules are not supported", peek().position());
                }
            }
            case REGEX, SPECIAL -> {
                // as they are
            }
            case DIRECTIVE -> {
                if (token.text().equals("%json")) {
                    return new Leaf(take());
                } else if (token.text().equals("%regex")) {
                    return new Substring(take());
                }
                throw text.error(token.text() + " is not supported here", token.position());
            }
            case REFERENCE -> throw text.error("references to other grammars are not supported", token.position());
            default -> throw text.error("'" + token.text() + "' is not expected here", token.position());
        }
        return new Leaf(token);
    }

    private int number() {
        LarkToken token = take();
        if (token.kind() != Kind.NUMBER || !token.text().matches("[0-9]{1,9}")) {
            throw text.error("a count is expected, not '" + token.text() + "'", token.position());
        }
        return Integer.parseInt(token.text());
    }

    private LarkToken peek() {
        return tokens.get(next);
    }

    private LarkToken take() {
        LarkToken token = tokens.get(next);
        if (token.kind() != Kind.END) {
            next++;
        }
        return token;
    }

    private boolean accept(String punctuation) {
        boolean found = peek().is(punctuation);
        next += found ? 1 : 0;
        return found;
    }

    private void expect(String punctuation) {
        if (!accept(punctuation)) {
            throw unexpected("'" + punctuation + "'");
        }
    }

    private UnsupportedConstraintException unexpected(String wanted) {
        return text.error(wanted + " is expected, not '" + peek().text() + "'", peek().position());
    }

    @Nullable
    Definition definition(String name) {
        return definitions.get(plain(name));
    }
}
