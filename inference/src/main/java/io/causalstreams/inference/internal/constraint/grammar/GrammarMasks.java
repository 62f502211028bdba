package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.grammar.Position.Lexing;
import io.causalstreams.inference.internal.constraint.mask.MaskCache;
import io.causalstreams.inference.internal.constraint.mask.TokenWalk;
import io.causalstreams.inference.internal.constraint.mask.VocabularyTrie;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes which tokens can follow a position.
 *
 * <p>Most tokens stay within the lexemes being written, whatever the parser expects behind them. So the trie is walked once per
 * state of the lexer, shared by all positions with that state; what leads out of a lexeme is a short walk from each {@link
 * Exit}. Both results are cached: per state of the lexer, and per position.
 *
 * <p>Cost: the first kind one {@link TokenWalk}; the other O(size / 64) plus the short walks. Threading: one thread at a time.
 */
final class GrammarMasks {

    private static final long INSIDE_BYTES = 4L << 20;
    private static final long POSITION_BYTES = 4L << 20;

    private final ContextFreeGrammar grammar;
    private final VocabularyTrie trie;
    private final Lexer lexer;
    private final ItemSets sets;
    private final Positions positions;
    private final Effort effort;
    private final MaskCache<LexerState, Inside> insides = new MaskCache<>(INSIDE_BYTES);
    private final MaskCache<Position, Mask> masks = new MaskCache<>(POSITION_BYTES);
    private final TokenWalk<LexerState> lexemes;
    private final TokenWalk<Position> parses;

    GrammarMasks(
            ContextFreeGrammar grammar,
            VocabularyTrie trie,
            Lexer lexer,
            ItemSets sets,
            Positions positions,
            Effort effort) {
        this.grammar = grammar;
        this.trie = trie;
        this.lexer = lexer;
        this.sets = sets;
        this.positions = positions;
        this.effort = effort;
        this.lexemes = new TokenWalk<>(trie, new Lexemes());
        this.parses = new TokenWalk<>(trie, new Parses());
    }

    /**
     * Trie nodes, by the byte that leads to them, in front of which {@code complete} terminals may end and the next lexeme may
     * begin.
     */
    private record Exit(List<Integer> complete, Map<Integer, List<Integer>> nodes) {}

    /** Tokens that stay within a lexeme, and the ways out of it. */
    private record Inside(BitSet tokens, List<Exit> exits) implements MaskCache.Weighted {
        @Override
        public long bytes() {
            long nodes = 0;
            for (Exit exit : exits) {
                for (List<Integer> list : exit.nodes().values()) {
                    nodes += list.size();
                }
            }
            return tokens.size() / 8 + nodes * 20;
        }
    }

    private record Mask(BitSet tokens) implements MaskCache.Weighted {
        @Override
        public long bytes() {
            return tokens.size() / 8;
        }
    }

    /** Tokens that can follow; shared, not to be changed. */
    BitSet allowed(Position position) {
        Mask known = masks.get(position);
        if (known != null) {
            return known.tokens();
        }
        BitSet tokens = new BitSet(trie.vocabularySize());
        ItemSet between = position.between;
        if (between != null) {
            addBetween(between, tokens);
            if (grammar.greedy()) {
                position.begun.forEach(lexing -> removeWhereAlive(lexing.at(), tokens));
            }
            for (int terminal : between.tokens) {
                BitSet ids = grammar.terminal(terminal).tokens();
                if (ids != null) {
                    tokens.or(ids);
                }
            }
        }
        position.begun.forEach(lexing -> add(lexing, tokens));
        masks.put(position, new Mask(tokens));
        return tokens;
    }

    private void addBetween(ItemSet between, BitSet tokens) {
        add(new Lexing(lexer.start(between), between), tokens);
    }

    private void add(Lexing lexing, BitSet tokens) {
        Inside inside = inside(lexing.at());
        tokens.or(inside.tokens());
        for (Exit exit : inside.exits()) {
            Position position = positions.between(sets.after(lexing.from(), exit.complete()));
            exit.nodes().forEach((label, nodes) -> {
                Position next = positions.next(position, label);
                if (next != Positions.DEAD) {
                    for (int node : nodes) {
                        trie.addTokens(node, tokens);
                        parses.below(node, next, tokens);
                    }
                }
            });
        }
    }

    /** Read greedily, a lexeme that can go on does. */
    private void removeWhereAlive(LexerState at, BitSet tokens) {
        BitSet alive = new BitSet(trie.vocabularySize());
        for (int node = VocabularyTrie.ROOT + 1; node < trie.end(VocabularyTrie.ROOT); node = trie.end(node)) {
            if (lexer.next(at, trie.label(node)) != Lexer.DEAD) {
                for (int below = node; below < trie.end(node); below++) {
                    trie.addTokens(below, alive);
                }
            }
        }
        tokens.andNot(alive);
    }

    private Inside inside(LexerState from) {
        Inside known = insides.get(from);
        if (known == null) {
            TokenWalk.Reached<LexerState> reached = lexemes.all(from);
            Map<List<Integer>, Exit> exits = new LinkedHashMap<>();
            for (TokenWalk.Exit<LexerState> exit : reached.exits()) {
                addExits(exit, exits);
            }
            known = new Inside(reached.tokens(), List.copyOf(exits.values()));
            insides.put(from, known);
        }
        return known;
    }

    private void addExits(TokenWalk.Exit<LexerState> place, Map<List<Integer>, Exit> exits) {
        Exit exit = exits.computeIfAbsent(place.at().complete, c -> new Exit(c, new LinkedHashMap<>()));
        for (int child = place.node() + 1; child < trie.end(place.node()); child = trie.end(child)) {
            int label = trie.label(child);
            if (!grammar.greedy() || lexer.next(place.at(), label) == Lexer.DEAD) {
                exit.nodes().computeIfAbsent(label, l -> new ArrayList<>()).add(child);
            }
        }
    }

    private final class Lexemes implements TokenWalk.Reader<LexerState> {
        @Override
        public @Nullable LexerState next(LexerState at, int value) {
            effort.spend(1);
            LexerState next = lexer.next(at, value);
            return next == Lexer.DEAD ? null : next;
        }

        @Override
        public boolean mayEnd(LexerState at) {
            return !at.complete.isEmpty();
        }
    }

    private final class Parses implements TokenWalk.Reader<Position> {
        @Override
        public @Nullable Position next(Position at, int value) {
            effort.spend(1);
            Position next = positions.next(at, value);
            return next == Positions.DEAD ? null : next;
        }

        @Override
        public boolean mayEnd(Position at) {
            return false;
        }
    }

    /** Forgets what refers to forgotten states. */
    void forget() {
        lexemes.forget();
        insides.clear();
        masks.clear();
    }
}
