package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.Rule;
import io.causalstreams.inference.internal.constraint.pattern.ByteRanges;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.CodePoints;
import io.causalstreams.inference.internal.constraint.pattern.PatternParser;
import java.util.Collection;
import java.util.List;

/**
 * The parts of JSON (RFC 8259) as grammar expressions, in either {@linkplain Notation notation}.
 *
 * <p>White space is optional and bounded, so that a model cannot go on with it for ever: after {@code :} one space; after
 * <code>{ [ ,</code> and before <code>} ]</code> either one space or a line feed and up to {@value #MAX_INDENT} spaces. There
 * is none around the whole value.
 *
 * <p>Numbers are bounded for the same reason: up to {@value #MAX_DIGITS} digits before and after the point, an exponent of
 * up to two digits; so a number is always finite as a double, an integer always fits a long.
 */
public final class JsonGrammar {

    public static final int MAX_DIGITS = 18;
    private static final int MAX_INDENT = 32;

    private final Expressions expressions;
    private final Notation notation;
    private final Expression space;
    private final Expression colon;
    private final Expression comma;
    private final Expression stringCharacter;
    private final Rule value = new Rule("any JSON value");

    public JsonGrammar(Expressions expressions) {
        this(expressions, Notation.JSON);
    }

    JsonGrammar(Expressions expressions, Notation notation) {
        this.expressions = expressions;
        this.notation = notation;
        this.space = expressions.union(
                Expressions.EMPTY,
                expressions.literal(" "),
                expressions.sequence(
                        expressions.literal("\n"), expressions.repetition(expressions.literal(" "), 0, MAX_INDENT)));
        this.colon = expressions.sequence(expressions.literal(":"), expressions.optional(expressions.literal(" ")));
        this.comma = lexeme(expressions.sequence(expressions.literal(","), space));
        this.stringCharacter = anyStringCharacter();
        value.define(expressions.union(
                string(0, UNBOUNDED),
                anyNumber(),
                scalars(List.of(BooleanNode.TRUE, BooleanNode.FALSE, NullNode.instance)),
                array(anyValue(), 0, UNBOUNDED),
                anyObject()));
    }

    /** A character of a string in any of its spellings; a pair of surrogate escapes is one character, a single one is none. */
    private Expression anyStringCharacter() {
        CodePoints plain =
                CodePoints.range(0, 0x1F).or(CodePoints.anyOf("\"\\")).not();
        Expression hex = text("[0-9a-fA-F]");
        Expression basic = text("\\\\u([0-9abcefABCEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})");
        Expression common = expressions.union(ByteRanges.utf8(plain, expressions), text("\\\\[\"\\\\bfnrt]"), basic);
        if (notation == Notation.PYTHON) {
            return common;
        }
        Expression pair =
                expressions.sequence(text("\\\\u[dD][89abAB]"), hex, hex, text("\\\\u[dD][c-fC-F]"), hex, hex);
        return expressions.union(common, text("\\\\/"), pair);
    }

    /** A regular expression for the JSON text itself. */
    public Expression text(String pattern) {
        return PatternParser.parseFull(pattern).toExpression(expressions, CharacterEncoding.TEXT);
    }

    public Expression lexeme(Expression regular) {
        return expressions.lexeme(regular);
    }

    /** Any of these strings, numbers, booleans and null. */
    Expression scalars(Collection<JsonNode> values) {
        return lexeme(expressions.literals(values.stream().map(notation::write).toList()));
    }

    public Expression anyValue() {
        return expressions.reference(value);
    }

    /** The rule behind {@link #anyValue}. */
    public Rule anyValueRule() {
        return value;
    }

    /** A string of {@code min} to {@code max} characters (code points). */
    public Expression string(int min, int max) {
        return lexeme(quoted(stringContent(min, max)));
    }

    public Expression stringContent(int min, int max) {
        return expressions.repetition(stringCharacter, min, max);
    }

    public Expression quoted(Expression content) {
        return expressions.sequence(expressions.literal("\""), content, expressions.literal("\""));
    }

    public Expression anyInteger() {
        return lexeme(text("-?[1-9][0-9]{0," + (MAX_DIGITS - 1) + "}|0"));
    }

    public Expression anyNumber() {
        return lexeme(text(
                "-?(0|[1-9][0-9]{0," + (MAX_DIGITS - 1) + "})(\\.[0-9]{1," + MAX_DIGITS + "})?([eE][+-]?[0-9]{1,2})?"));
    }

    public Expression anyObject() {
        return object(list(member(string(), anyValue()), 1, UNBOUNDED), true);
    }

    /** The inside of any string, quotes included, as a regular expression. */
    private Expression string() {
        return quoted(stringContent(0, UNBOUNDED));
    }

    /**
     * A key, a colon and a value.
     *
     * @param key a regular expression for the key with its quotes
     */
    public Expression member(Expression key, Expression value) {
        return expressions.sequence(key(key), value);
    }

    /** A key, given with its quotes, and a colon. */
    Expression key(Expression key) {
        return lexeme(expressions.sequence(key, colon));
    }

    /** The name of an argument and the sign between it and its value. */
    Expression argument(String name) {
        return lexeme(expressions.literal(name + "="));
    }

    /** {@code min} (at least 1) to {@code max} parts with commas between them. */
    public Expression list(Expression part, int min, int max) {
        return max == 0
                ? Expressions.NEVER
                : expressions.sequence(
                        part,
                        expressions.repetition(
                                expressions.sequence(comma(), part), min - 1, max == UNBOUNDED ? UNBOUNDED : max - 1));
    }

    public Expression comma() {
        return comma;
    }

    /**
     * In its brackets.
     *
     * @param members at least one, with commas; {@link Expressions#NEVER} if there can be none
     */
    public Expression object(Expression members, boolean mayBeEmpty) {
        return enclosed("{", members, mayBeEmpty, "}");
    }

    public Expression array(Expression item, int min, int max) {
        return array(list(item, Math.max(1, min), max), min == 0);
    }

    /**
     * In its brackets.
     *
     * @param items at least one, with commas; {@link Expressions#NEVER} if there can be none
     */
    public Expression array(Expression items, boolean mayBeEmpty) {
        return enclosed("[", items, mayBeEmpty, "]");
    }

    private Expression enclosed(String open, Expression parts, boolean mayBeEmpty, String close) {
        return expressions.sequence(
                open(open),
                expressions.union(
                        expressions.sequence(parts, close(close, true)),
                        mayBeEmpty ? close(close, false) : Expressions.NEVER));
    }

    /** An opening bracket. */
    Expression open(String bracket) {
        return lexeme(expressions.sequence(expressions.literal(bracket), space));
    }

    /** A closing bracket; behind parts it may have white space in front. */
    Expression close(String bracket, boolean behindParts) {
        Expression end = expressions.literal(bracket);
        return lexeme(behindParts ? expressions.sequence(space, end) : end);
    }
}
