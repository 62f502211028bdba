package io.causalstreams.inference.internal.constraint.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the parser may expect between two terminals, see {@link ItemSets}. One object per set: equality is identity. Filled
 * once, but for what is found out later and kept here.
 */
final class ItemSet {

    /**
     * Where the parser goes on when a nonterminal is complete: with the items of {@code set} that wait for it. Equality is
     * identity.
     */
    static final class Continuation {
        final ItemSet set;
        final int nonterminal;

        Continuation(ItemSet set, int nonterminal) {
            this.set = set;
            this.nonterminal = nonterminal;
        }

        List<Item> waiting() {
            return set.waitingFor(nonterminal);
        }
    }

    /**
     * A production of which the symbols in front of the dot are written.
     *
     * @param then null for the end of the text
     */
    record Item(int dot, @Nullable Continuation then) {}

    /** Items with something written before the dot, in this set or an earlier one. */
    final Set<Item> kernel;

    /** Whether the text may end here. */
    final boolean accepting;

    final Map<Integer, List<Item>> waiting = new HashMap<>();

    /** By the terminals that were read. */
    final Map<List<Integer>, ItemSet> following = new HashMap<>();

    /** Terminals that stand for text and may come next. */
    List<Integer> texts = List.of();

    /** Terminals that stand for a token and may come next. */
    List<Integer> tokens = List.of();

    /** Before the first byte of what comes next; null = not asked for yet. */
    @Nullable
    LexerState lexer;

    /** Here, with no lexeme begun; null = not asked for yet. */
    @Nullable
    Position position;

    ItemSet(Set<Item> kernel, boolean accepting) {
        this.kernel = kernel;
        this.accepting = accepting;
    }

    List<Item> waitingFor(int symbol) {
        return waiting.getOrDefault(symbol, List.of());
    }

    void addWaiting(int symbol, Item item) {
        waiting.computeIfAbsent(symbol, s -> new ArrayList<>(1)).add(item);
    }
}
