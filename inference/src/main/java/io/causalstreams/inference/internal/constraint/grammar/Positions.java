package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.grammar.Position.Lexing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Leads from position to position, by bytes and by tokens. Threading: one thread at a time. */
final class Positions {

    static final Position DEAD = new Position(Set.of(), null);

    private final ContextFreeGrammar grammar;
    private final ItemSets sets;
    private final Lexer lexer;
    private final Map<Key, Position> known = new HashMap<>();

    private record Key(Set<Lexing> begun, @Nullable ItemSet between) {}

    Positions(ContextFreeGrammar grammar, ItemSets sets, Lexer lexer) {
        this.grammar = grammar;
        this.sets = sets;
        this.lexer = lexer;
    }

    Position start() {
        return between(sets.start());
    }

    /** In {@code set}, no lexeme begun. */
    Position between(ItemSet set) {
        Position position = set.position;
        if (position == null) {
            position = position(Set.of(), set);
            set.position = position;
        }
        return position;
    }

    /** The position after one more byte, or {@link #DEAD}. */
    Position next(Position position, int value) {
        Position next = position.known(value);
        if (next == null) {
            next = advance(position, value);
            position.learn(value, next);
        }
        return next;
    }

    private Position advance(Position position, int value) {
        Set<Lexing> begun = new LinkedHashSet<>();
        List<ItemSet> ended = new ArrayList<>();
        boolean alive = false;
        for (Lexing lexing : position.begun) {
            alive |= advance(lexing.at(), lexing.from(), value, begun, ended);
        }
        // Read greedily, a lexeme ends where it cannot go on; otherwise it may end wherever it is complete.
        if (position.between != null && !(grammar.greedy() && alive)) {
            advance(lexer.start(position.between), position.between, value, begun, ended);
        }
        if (begun.isEmpty() && ended.isEmpty()) {
            return DEAD;
        }
        return position(begun, ended.isEmpty() ? null : sets.union(ended));
    }

    private boolean advance(LexerState at, ItemSet from, int value, Set<Lexing> begun, List<ItemSet> ended) {
        LexerState next = lexer.next(at, value);
        if (next == Lexer.DEAD) {
            return false;
        }
        if (!next.complete.isEmpty()) {
            ended.add(sets.after(from, next.complete));
        }
        if (!next.closed) {
            begun.add(new Lexing(next, from));
        }
        return true;
    }

    /** The position after a token that is read as itself and not by its bytes, or {@link #DEAD}. */
    Position afterToken(Position position, int token) {
        ItemSet between = position.between;
        if (between == null) {
            return DEAD;
        }
        List<Integer> terminals = between.tokens.stream()
                .filter(terminal -> contains(terminal, token))
                .toList();
        return terminals.isEmpty() ? DEAD : between(sets.after(between, terminals));
    }

    private boolean contains(int terminal, int token) {
        var tokens = grammar.terminal(terminal).tokens();
        return tokens != null && tokens.get(token);
    }

    /** Either of two positions, both after the same text. */
    Position either(Position a, Position b) {
        if (a == DEAD) {
            return b;
        } else if (b == DEAD) {
            return a;
        }
        Set<Lexing> begun = new LinkedHashSet<>(a.begun);
        begun.addAll(b.begun);
        List<ItemSet> between = new ArrayList<>();
        if (a.between != null) {
            between.add(a.between);
        }
        if (b.between != null) {
            between.add(b.between);
        }
        return position(begun, between.isEmpty() ? null : sets.union(between));
    }

    private Position position(Set<Lexing> begun, @Nullable ItemSet between) {
        return known.computeIfAbsent(
                new Key(begun, between), key -> new Position(Set.copyOf(key.begun()), key.between()));
    }

    int size() {
        return known.size();
    }

    /** Forgets all positions; those in use stay valid. */
    void forget() {
        known.clear();
    }
}
