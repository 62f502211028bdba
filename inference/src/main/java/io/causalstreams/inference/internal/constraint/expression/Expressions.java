package io.causalstreams.inference.internal.constraint.expression;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import io.causalstreams.inference.internal.constraint.expression.Expression.Bytes;
import io.causalstreams.inference.internal.constraint.expression.Expression.Complement;
import io.causalstreams.inference.internal.constraint.expression.Expression.Empty;
import io.causalstreams.inference.internal.constraint.expression.Expression.Intersection;
import io.causalstreams.inference.internal.constraint.expression.Expression.Lexeme;
import io.causalstreams.inference.internal.constraint.expression.Expression.Literals;
import io.causalstreams.inference.internal.constraint.expression.Expression.Members;
import io.causalstreams.inference.internal.constraint.expression.Expression.Never;
import io.causalstreams.inference.internal.constraint.expression.Expression.Reference;
import io.causalstreams.inference.internal.constraint.expression.Expression.Repetition;
import io.causalstreams.inference.internal.constraint.expression.Expression.Sequence;
import io.causalstreams.inference.internal.constraint.expression.Expression.TableState;
import io.causalstreams.inference.internal.constraint.expression.Expression.Union;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Makes expressions, in a normal form and one object per language as far as that is cheap to see: sequences lean to the
 * right, unions are flat and without repeats, {@link #NEVER} swallows what it is part of.
 *
 * <p>While a constraint is compiled, more than {@value #COMPILE_LIMIT} expressions are refused. Afterwards ({@link #freeze})
 * those made for positions in it can be forgotten ({@link #forget}); older positions stay valid, they are merely not
 * recognised as equal to newer ones.
 *
 * <p>Threading: one thread at a time.
 */
public final class Expressions {

    public static final Expression NEVER = new Never();
    public static final Expression EMPTY = new Empty();

    private static final int MAX_EXPLORED = 40_000;
    private static final int COMPILE_LIMIT = 200_000;

    /** Steps to find out what can be copied, about 0.4 s; at {@value Words#RUN_STEPS} for each run, about 50 MB. */
    private static final long MAX_COPIED = 40_000_000;

    private final ByteSet alphabet;
    private final Map<List<Object>, Expression> interned = new HashMap<>();
    private final Map<Expression, Exploration> explorations = new HashMap<>();
    private final Map<List<String>, Words> words = new HashMap<>();
    private boolean compiling = true;
    private int explored;
    private long copied;
    private long work;

    /** @param alphabet the bytes that can be written; classes of characters are narrowed to them */
    public Expressions(ByteSet alphabet) {
        this.alphabet = alphabet;
    }

    public Expression bytes(ByteSet set) {
        ByteSet writable = set.and(alphabet);
        return writable.isEmpty() ? NEVER : intern(List.of("bytes", writable), () -> new Bytes(writable));
    }

    public Expression bytes(int low, int high) {
        return bytes(ByteSet.range(low, high));
    }

    public Expression literal(String text) {
        return literals(List.of(text));
    }

    /** Any of the texts, in UTF-8. */
    public Expression literals(Collection<String> texts) {
        if (texts.isEmpty()) {
            return NEVER;
        }
        return intern(List.of("literals", Set.copyOf(texts)), () -> {
            LiteralSet set = LiteralSet.of(texts.stream()
                    .map(text -> text.getBytes(StandardCharsets.UTF_8))
                    .toList());
            return new Literals(set, 0, set.size(), 0);
        });
    }

    Expression literals(LiteralSet set) {
        return intern(List.of("rest", set, 0, set.size(), 0), () -> new Literals(set, 0, set.size(), 0));
    }

    /** To be filled with texts. */
    public Words words() {
        return new Words(alphabet);
    }

    /** The words of {@code texts}, cut once for all that is copied from them. */
    public Words words(List<String> texts, Function<List<String>, Words> cutter) {
        return words.computeIfAbsent(texts, cutter);
    }

    /** Words in a row; {@link #NEVER} if there are none. */
    public Expression runs(Words words) {
        return words.runs(this);
    }

    /**
     * Words in a row that are in a language as a whole.
     *
     * @param language a regular expression, not explored
     * @throws UnsupportedConstraintException if there are too many to see which
     */
    public Expression runsWithin(Words words, Expression language) {
        return words.runsWithin(exploration(language), this);
    }

    public Expression sequence(Expression... parts) {
        Expression result = EMPTY;
        for (int i = parts.length - 1; i >= 0; i--) {
            result = sequence(parts[i], result);
        }
        return result;
    }

    public Expression sequence(Expression first, Expression rest) {
        if (first == NEVER || rest == NEVER) {
            return NEVER;
        }
        if (first == EMPTY) {
            return rest;
        }
        if (rest == EMPTY) {
            return first;
        }
        List<Expression> leading = new ArrayList<>();
        Expression last = first;
        while (last instanceof Sequence sequence) {
            leading.add(sequence.first);
            last = sequence.rest;
        }
        Expression result = pair(last, rest);
        for (int i = leading.size() - 1; i >= 0; i--) {
            result = pair(leading.get(i), result);
        }
        return result;
    }

    private Expression pair(Expression first, Expression rest) {
        return intern(List.of("sequence", first, rest), () -> new Sequence(first, rest));
    }

    public Expression union(Expression... branches) {
        return union(Arrays.asList(branches));
    }

    public Expression union(Collection<Expression> branches) {
        Set<Expression> distinct = new LinkedHashSet<>();
        ByteSet set = ByteSet.NONE;
        for (Expression branch : branches) {
            for (Expression part : branch instanceof Union union ? union.branches : List.of(branch)) {
                if (part instanceof Bytes bytes) {
                    set = set.or(bytes.set);
                } else if (part != NEVER) {
                    distinct.add(part);
                }
            }
        }
        if (!set.isEmpty()) {
            distinct.add(bytes(set));
        }
        if (distinct.isEmpty()) {
            return NEVER;
        }
        List<Expression> flat = List.copyOf(distinct);
        return flat.size() == 1 ? flat.get(0) : intern(List.of("union", Set.copyOf(distinct)), () -> new Union(flat));
    }

    public Expression optional(Expression body) {
        return body.nullable() ? body : union(body, EMPTY);
    }

    /**
     * The body again and again.
     *
     * @param max {@link Expression#UNBOUNDED} for any number
     */
    public Expression repetition(Expression body, int min, int max) {
        if (max == 0 || body == EMPTY) {
            return EMPTY;
        }
        if (body == NEVER) {
            return min == 0 ? EMPTY : NEVER;
        }
        if (min == 1 && max == 1) {
            return body;
        }
        int least = body.nullable() ? 0 : min;
        return intern(List.of("repetition", body, least, max), () -> new Repetition(body, least, max));
    }

    public Expression intersection(Expression left, Expression right) {
        if (left == NEVER || right == NEVER) {
            return NEVER;
        }
        if (isAll(left) || isAll(right)) {
            return isAll(left) ? right : left;
        }
        return left == right
                ? left
                : intern(List.of("intersection", Set.of(left, right)), () -> new Intersection(left, right));
    }

    private static boolean isAll(Expression expression) {
        return expression instanceof Complement complement && complement.body == NEVER;
    }

    public Expression complement(Expression body) {
        return body instanceof Complement complement
                ? complement.body
                : intern(List.of("complement", body), () -> new Complement(body));
    }

    public Expression tableState(ByteTable table, int state) {
        return table.isFinal(state)
                ? EMPTY
                : intern(List.of("table", table, state), () -> new TableState(table, state));
    }

    public Expression lexeme(Expression regular) {
        return regular == NEVER || regular == EMPTY
                ? regular
                : intern(List.of("lexeme", regular), () -> new Lexeme(regular));
    }

    /** Members in any order, behind the opening bracket. */
    public Expression members(MemberSet set) {
        return members(set, new BitSet(), 0);
    }

    Expression members(MemberSet set, BitSet written, int others) {
        return intern(List.of("members", set, written, others), () -> new Members(set, written, others));
    }

    /** The same as a union of what may come next. */
    Expression expand(Members members) {
        return members.set.expand(members.written, members.others, this);
    }

    public Expression reference(Rule rule) {
        return intern(List.of("reference", rule), () -> new Reference(rule));
    }

    /** The strings of a regular expression that begin with {@code value}, without it. */
    public Expression derivative(Expression expression, int value) {
        work++;
        if (expression instanceof Bytes bytes) {
            return bytes.set.contains(value) ? EMPTY : NEVER;
        } else if (expression instanceof Literals literals) {
            return derivative(literals, value);
        } else if (expression instanceof Sequence sequence) {
            return derivative(sequence, value);
        } else if (expression instanceof Union union) {
            List<Expression> branches = new ArrayList<>(union.branches.size());
            for (Expression branch : union.branches) {
                branches.add(derivative(branch, value));
            }
            return union(branches);
        } else if (expression instanceof Repetition repetition) {
            return sequence(derivative(repetition.body, value), withoutFirst(repetition));
        } else if (expression instanceof Intersection both) {
            return intersection(derivative(both.left, value), derivative(both.right, value));
        } else if (expression instanceof Complement complement) {
            return complement(derivative(complement.body, value));
        } else if (expression instanceof TableState at) {
            int next = at.table.next(at.state, value);
            return next == ByteTable.DEAD ? NEVER : tableState(at.table, next);
        }
        return NEVER;
    }

    /** Bytes with the same derivative as {@code value}, itself among them; not always all of them. */
    public static ByteSet alike(Expression expression, int value) {
        if (expression instanceof Bytes bytes) {
            return bytes.set.contains(value) ? bytes.set : bytes.set.not();
        } else if (expression instanceof Literals literals) {
            ByteSet possible = literals.set.bytesAt(literals.from, literals.to, literals.depth);
            return possible.contains(value) ? ByteSet.of(value) : possible.not();
        } else if (expression instanceof Union union) {
            ByteSet alike = ByteSet.ALL;
            for (Expression branch : union.branches) {
                alike = alike.and(alike(branch, value));
            }
            return alike;
        } else if (expression instanceof Repetition repetition) {
            return alike(repetition.body, value);
        } else if (expression instanceof Intersection both) {
            return alike(both.left, value).and(alike(both.right, value));
        } else if (expression instanceof Complement complement) {
            return alike(complement.body, value);
        } else if (expression instanceof TableState at) {
            return at.table.alike(value);
        } else if (expression instanceof Sequence) {
            ByteSet alike = ByteSet.ALL;
            Expression at = expression;
            while (at instanceof Sequence parts) {
                alike = alike.and(alike(parts.first, value));
                if (!parts.first.nullable()) {
                    return alike;
                }
                at = parts.rest;
            }
            return alike.and(alike(at, value));
        }
        return ByteSet.of(value);
    }

    /** What has to follow the first turn of a repetition. */
    public Expression withoutFirst(Repetition repetition) {
        int max = repetition.max == UNBOUNDED ? UNBOUNDED : repetition.max - 1;
        return repetition(repetition.body, Math.max(0, repetition.min - 1), max);
    }

    private Expression derivative(Literals literals, int value) {
        LiteralSet set = literals.set;
        int from = set.firstAtLeast(literals.from, literals.to, literals.depth, value);
        int to = set.firstAtLeast(from, literals.to, literals.depth, value + 1);
        int depth = literals.depth + 1;
        if (from == to) {
            return NEVER;
        }
        return to == from + 1 && set.lengthOf(from) == depth
                ? EMPTY
                : intern(List.of("rest", set, from, to, depth), () -> new Literals(set, from, to, depth));
    }

    private Expression derivative(Sequence sequence, int value) {
        List<Expression> branches = new ArrayList<>(1);
        Expression at = sequence;
        // A loop, not a recursion: a sequence may be thousands of parts long.
        while (at instanceof Sequence parts) {
            branches.add(sequence(derivative(parts.first, value), parts.rest));
            if (!parts.first.nullable()) {
                return union(branches);
            }
            at = parts.rest;
        }
        branches.add(derivative(at, value));
        return union(branches);
    }

    /**
     * Counts states explored while compiling.
     *
     * @throws UnsupportedConstraintException if they are more than {@value #MAX_EXPLORED} altogether
     */
    public void countExplored(int states) {
        explored += states;
        if (explored > MAX_EXPLORED) {
            throw new UnsupportedConstraintException("patterns together with lengths need more than " + MAX_EXPLORED
                    + " states altogether; use smaller bounds or fewer of them");
        }
    }

    /**
     * Counts steps to find out what can be copied from texts.
     *
     * @throws UnsupportedConstraintException if they are more than {@value #MAX_COPIED} altogether
     */
    void countCopied(long steps) {
        copied += steps;
        if (copied > MAX_COPIED) {
            throw new UnsupportedConstraintException(
                    "the text is too long for all that is copied from it with a pattern or"
                            + " lengths; give a maxLength, and the same to several");
        }
    }

    /** Steps it took to find out what can be copied from texts, which bounds what is held for it. */
    public long copied() {
        return copied;
    }

    /** The automaton of a regular expression, as far as it was gone through before; kept while compiling. */
    Exploration exploration(Expression regular) {
        return Exploration.of(regular, this, explorations);
    }

    /** Derivatives taken so far, those of parts included. */
    public long work() {
        return work;
    }

    /** Ends compiling: from now on there is no limit but {@link #forget}. */
    public void freeze() {
        forget();
        explorations.clear();
        words.clear();
        compiling = false;
    }

    /** Forgets all expressions; those in use stay valid. */
    public void forget() {
        interned.clear();
    }

    /** Expressions made and not forgotten. */
    public int size() {
        return interned.size();
    }

    private Expression intern(List<Object> key, Supplier<Expression> maker) {
        Expression known = interned.get(key);
        if (known != null) {
            return known;
        }
        if (compiling && interned.size() >= COMPILE_LIMIT) {
            throw new UnsupportedConstraintException("it is too large: it needs more than " + COMPILE_LIMIT
                    + " expressions; reduce its size or its nested counts");
        }
        Expression made = maker.get();
        interned.put(key, made);
        return made;
    }
}
