package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.grammar.ItemSet.Continuation;
import io.causalstreams.inference.internal.constraint.grammar.ItemSet.Item;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An Earley parser whose item sets are shared.
 *
 * <p>Earley's items refer to the position they began at; here they refer to the item set of that position ({@link
 * Continuation}), and equal sets are one object. So the sets form a graph, the stack of a generalized LR parser, instead of a
 * chart as long as the text: what comes after the tenth element of a list is the same object as after the first, and what is
 * known about it, above all its token mask, is found again.
 *
 * <ul>
 *   <li>Symbols that may be empty are stepped over when they are met, so nothing has to be completed within a set (Aycock and
 *       Horspool).
 *   <li>If exactly one item of a set waits for a nonterminal and ends with it, then completing the one completes the other:
 *       the nonterminal takes over the item's continuation at once. This is Leo's rule, applied when predicting instead of
 *       when completing, as a tail call: right recursion needs neither memory nor time that grow with the text.
 * </ul>
 *
 * <p>Cost per set: O(items). Unambiguous grammars have a bounded number of them; ambiguous ones up to one per earlier
 * position, of which {@value #MAX_KERNEL} are allowed.
 *
 * <p>Sources: J. Earley, An Efficient Context-Free Parsing Algorithm, CACM 13 (1970); J. Leo, A General Context-Free Parsing
 * Algorithm Running in Linear Time on Every LR(k) Grammar, TCS 82 (1991); J. Aycock and R. N. Horspool, Practical Earley
 * Parsing, The Computer Journal 45 (2002). Threading: one thread at a time.
 */
final class ItemSets {

    private static final int MAX_KERNEL = 200;

    private static final Item START = new Item(0, null);

    private final ContextFreeGrammar grammar;
    private final Effort effort;
    private final Map<Key, ItemSet> known = new HashMap<>();
    private int items;

    private record Key(Set<Item> kernel, boolean accepting) {}

    ItemSets(ContextFreeGrammar grammar, Effort effort) {
        this.grammar = grammar;
        this.effort = effort;
    }

    /** Before the text. */
    ItemSet start() {
        return of(List.of(START), false);
    }

    /**
     * The set after {@code terminals}, at least one of which is expected in {@code set}, all of them written by the same text.
     */
    ItemSet after(ItemSet set, List<Integer> terminals) {
        ItemSet after = set.following.get(terminals);
        if (after == null) {
            List<Item> seeds = new ArrayList<>();
            boolean accepting = addAdvanced(set, terminals, seeds);
            after = of(seeds, accepting);
            set.following.put(terminals, after);
        }
        return after;
    }

    /** The set after any of several readings of the text. */
    ItemSet union(Collection<ItemSet> sets) {
        if (sets.size() == 1) {
            return sets.iterator().next();
        }
        List<Item> seeds = new ArrayList<>();
        boolean accepting = false;
        for (ItemSet set : sets) {
            seeds.addAll(set.kernel);
            accepting |= set.accepting;
        }
        return of(seeds, accepting);
    }

    /** @return whether the text may end after it, as far as the items do not say so */
    private boolean addAdvanced(ItemSet set, List<Integer> terminals, List<Item> seeds) {
        boolean accepting = false;
        for (int terminal : terminals) {
            if (terminal == grammar.ignored()) {
                seeds.addAll(set.kernel);
                accepting = set.accepting;
            }
            for (Item item : set.waitingFor(~terminal)) {
                seeds.add(advanced(item));
            }
        }
        return accepting;
    }

    private static Item advanced(Item item) {
        return new Item(item.dot() + 1, item.then());
    }

    private ItemSet of(List<Item> seeds, boolean acceptingAlready) {
        boolean accepting = acceptingAlready;
        Set<Item> kernel = new HashSet<>();
        Set<Item> seen = new HashSet<>(seeds);
        Deque<Item> pending = new ArrayDeque<>(seen);
        while (!pending.isEmpty()) {
            effort.spend(Effort.ITEM);
            Item item = pending.remove();
            int symbol = grammar.symbol(item.dot());
            Continuation then = item.then();
            if (symbol != ContextFreeGrammar.COMPLETE) {
                kernel.add(item);
                if (grammar.nullable(symbol)) {
                    addNew(advanced(item), seen, pending);
                }
            } else if (then == null) {
                accepting = true;
            } else {
                then.waiting().forEach(waiting -> addNew(advanced(waiting), seen, pending));
            }
        }
        if (kernel.size() > MAX_KERNEL) {
            throw new UnsupportedConstraintException(
                    "the grammar is too ambiguous: the text so far can be read in more than " + MAX_KERNEL
                            + " ways; rewrite rules such as 'list: list list'");
        }
        Key key = new Key(kernel, accepting);
        ItemSet set = known.get(key);
        if (set == null) {
            set = new ItemSet(Set.copyOf(kernel), accepting);
            new Prediction(set).run();
            known.put(key, set);
            items += kernel.size();
        }
        return set;
    }

    private static void addNew(Item item, Set<Item> seen, Deque<Item> pending) {
        if (seen.add(item)) {
            pending.add(item);
        }
    }

    /** Adds to a set the items of all nonterminals that may come next. */
    private final class Prediction {

        /** A dot of a production of {@code of}, itself predicted. */
        private record Predicted(int dot, int of) {}

        private final ItemSet set;
        private final Map<Integer, List<Predicted>> predicted = new LinkedHashMap<>();
        private final Map<Integer, List<Item>> inKernel = new HashMap<>();
        private final Map<Integer, @Nullable Continuation> continuations = new HashMap<>();

        Prediction(ItemSet set) {
            this.set = set;
        }

        void run() {
            Deque<Integer> pending = new ArrayDeque<>();
            for (Item item : set.kernel) {
                int symbol = grammar.symbol(item.dot());
                set.addWaiting(symbol, item);
                if (symbol >= 0) {
                    inKernel.computeIfAbsent(symbol, s -> new ArrayList<>(1)).add(item);
                    predict(symbol, pending);
                }
            }
            while (!pending.isEmpty()) {
                int nonterminal = pending.remove();
                for (int dot : grammar.starts(nonterminal)) {
                    int symbol = grammar.symbol(dot);
                    if (symbol >= 0) {
                        predict(symbol, pending).add(new Predicted(dot, nonterminal));
                    }
                }
            }
            for (int nonterminal : predicted.keySet()) {
                Continuation then = continuationOf(nonterminal);
                for (int dot : grammar.starts(nonterminal)) {
                    effort.spend(Effort.ITEM);
                    set.addWaiting(grammar.symbol(dot), new Item(dot, then));
                }
            }
            list();
        }

        private List<Predicted> predict(int nonterminal, Deque<Integer> pending) {
            List<Predicted> known = predicted.get(nonterminal);
            if (known == null) {
                known = new ArrayList<>(1);
                predicted.put(nonterminal, known);
                pending.add(nonterminal);
            }
            return known;
        }

        /** Follows tail calls; ends because a nonterminal that only predicts itself is also waited for by another item. */
        private @Nullable Continuation continuationOf(int nonterminal) {
            if (continuations.containsKey(nonterminal)) {
                return continuations.get(nonterminal);
            }
            List<Item> kernel = inKernel.getOrDefault(nonterminal, List.of());
            List<Predicted> others = predicted.getOrDefault(nonterminal, List.of());
            Continuation result;
            if (kernel.size() == 1 && others.isEmpty() && isTail(kernel.get(0).dot())) {
                result = kernel.get(0).then();
            } else if (kernel.isEmpty()
                    && others.size() == 1
                    && isTail(others.get(0).dot())) {
                result = continuationOf(others.get(0).of());
            } else {
                result = new Continuation(set, nonterminal);
            }
            continuations.put(nonterminal, result);
            return result;
        }

        private boolean isTail(int dot) {
            return grammar.symbol(dot + 1) == ContextFreeGrammar.COMPLETE;
        }

        private void list() {
            List<Integer> texts = new ArrayList<>();
            List<Integer> tokens = new ArrayList<>();
            for (int symbol : set.waiting.keySet()) {
                if (symbol < 0) {
                    (grammar.terminal(~symbol).tokens() == null ? texts : tokens).add(~symbol);
                }
            }
            boolean between = !set.kernel.contains(START) && !(texts.isEmpty() && tokens.isEmpty());
            if (grammar.ignored() != ContextFreeGrammar.NONE && between) {
                texts.add(grammar.ignored());
            }
            texts.sort(null);
            tokens.sort(null);
            set.texts = List.copyOf(texts);
            set.tokens = List.copyOf(tokens);
        }
    }

    /** Items of all sets that are shared. */
    int size() {
        return items;
    }

    /** Forgets all sets; those in use stay valid. */
    void forget() {
        known.clear();
        items = 0;
    }
}
