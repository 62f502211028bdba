package io.causalstreams.inference.internal.constraint.expression;

import java.util.BitSet;
import java.util.List;

/**
 * A language: a set of byte strings. What is left of it after a byte is again an expression (its derivative), so an
 * expression is also a position in itself, its counters and its stack included.
 *
 * <p>Two layers share the operators. Below a {@link Lexeme} stand regular expressions; they are turned into automata one
 * state at a time. Above it stands a grammar over lexemes, the only place of a {@link Reference}, which makes it recursive.
 *
 * <p>Made by {@link Expressions} only, which gives one object to equal expressions: equality is identity. Every expression
 * but {@link Never} contains at least one string. Immutable.
 *
 * <p>Source: J. A. Brzozowski, Derivatives of Regular Expressions, JACM 11 (1964); M. Might, D. Darais and D. Spiewak,
 * Parsing with Derivatives, ICFP 2011.
 */
public sealed interface Expression {

    int UNBOUNDED = Integer.MAX_VALUE;

    /** Whether the empty string belongs to the language. */
    boolean nullable();

    /** No string at all. */
    final class Never implements Expression {
        @Override
        public boolean nullable() {
            return false;
        }
    }

    /** The empty string alone. */
    final class Empty implements Expression {
        @Override
        public boolean nullable() {
            return true;
        }
    }

    /** One byte of a set. */
    final class Bytes implements Expression {
        public final ByteSet set;

        Bytes(ByteSet set) {
            this.set = set;
        }

        @Override
        public boolean nullable() {
            return false;
        }
    }

    /** What is left, after their first {@code depth} bytes, of the strings {@code from} to {@code to} (excluded) of a sorted set. */
    final class Literals implements Expression {
        public final LiteralSet set;
        public final int from;
        public final int to;
        public final int depth;
        private final boolean nullable;

        Literals(LiteralSet set, int from, int to, int depth) {
            this.set = set;
            this.from = from;
            this.to = to;
            this.depth = depth;
            this.nullable = set.mayEnd(from, to, depth);
        }

        @Override
        public boolean nullable() {
            return nullable;
        }
    }

    /** One after the other; {@code first} is not a sequence itself. */
    final class Sequence implements Expression {
        public final Expression first;
        public final Expression rest;
        private final boolean nullable;

        Sequence(Expression first, Expression rest) {
            this.first = first;
            this.rest = rest;
            this.nullable = first.nullable() && rest.nullable();
        }

        @Override
        public boolean nullable() {
            return nullable;
        }
    }

    /** Any of the branches; none of them is a union itself. */
    final class Union implements Expression {
        public final List<Expression> branches;
        private final boolean nullable;

        Union(List<Expression> branches) {
            this.branches = branches;
            this.nullable = branches.stream().anyMatch(Expression::nullable);
        }

        @Override
        public boolean nullable() {
            return nullable;
        }
    }

    /** {@code min} to {@code max} times the body. */
    final class Repetition implements Expression {
        public final Expression body;
        public final int min;
        public final int max;

        Repetition(Expression body, int min, int max) {
            this.body = body;
            this.min = min;
            this.max = max;
        }

        @Override
        public boolean nullable() {
            return min == 0;
        }
    }

    /** Both. May turn out to contain nothing: lives only until {@link ByteTable} has explored it. */
    final class Intersection implements Expression {
        public final Expression left;
        public final Expression right;

        Intersection(Expression left, Expression right) {
            this.left = left;
            this.right = right;
        }

        @Override
        public boolean nullable() {
            return left.nullable() && right.nullable();
        }
    }

    /** Every string but these. Lives only until {@link ByteTable} has explored it. */
    final class Complement implements Expression {
        public final Expression body;

        Complement(Expression body) {
            this.body = body;
        }

        @Override
        public boolean nullable() {
            return !body.nullable();
        }
    }

    /** What a state of an explored automaton accepts. */
    final class TableState implements Expression {
        public final ByteTable table;
        public final int state;

        TableState(ByteTable table, int state) {
            this.table = table;
            this.state = state;
        }

        @Override
        public boolean nullable() {
            return table.accepting(state);
        }
    }

    /** A regular expression as a terminal symbol of the grammar. */
    final class Lexeme implements Expression {
        public final Expression regular;

        Lexeme(Expression regular) {
            this.regular = regular;
        }

        @Override
        public boolean nullable() {
            return regular.nullable();
        }
    }

    /** What may follow of an object of which some members are written, up to its end; {@link Expressions#expand} says what. */
    final class Members implements Expression {
        final MemberSet set;

        /** Those of {@code set} that were written, by index. Not to be changed. */
        final BitSet written;

        /** Other members that were written, as far as their number matters. */
        final int others;

        Members(MemberSet set, BitSet written, int others) {
            this.set = set;
            this.written = written;
            this.others = others;
        }

        @Override
        public boolean nullable() {
            return false;
        }
    }

    /** A rule of the grammar, by name. Rules never contain the empty string. */
    final class Reference implements Expression {
        public final Rule rule;

        Reference(Rule rule) {
            this.rule = rule;
        }

        @Override
        public boolean nullable() {
            return false;
        }
    }
}
