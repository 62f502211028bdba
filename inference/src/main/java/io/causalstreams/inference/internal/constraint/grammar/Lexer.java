package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Automaton;
import io.causalstreams.inference.internal.constraint.expression.Reading;
import io.causalstreams.inference.internal.constraint.grammar.LexerState.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the terminals that may come next side by side, as one automaton made state by state. Threading: one thread at a time. */
final class Lexer {

    static final LexerState DEAD = new LexerState(List.of(), List.of(), true);

    private final ContextFreeGrammar grammar;
    private final Automaton automaton;
    private final Map<List<Member>, LexerState> known = new HashMap<>();

    Lexer(ContextFreeGrammar grammar, Automaton automaton) {
        this.grammar = grammar;
        this.automaton = automaton;
    }

    /** Before the first byte of what may come in {@code set}. */
    LexerState start(ItemSet set) {
        LexerState start = set.lexer;
        if (start == null) {
            List<Member> members = new ArrayList<>();
            for (int terminal : set.texts) {
                members.add(new Member(
                        terminal, automaton.starts(grammar.terminal(terminal).text())));
            }
            start = known.computeIfAbsent(members, m -> new LexerState(m, List.of(), false));
            set.lexer = start;
        }
        return start;
    }

    /** The state after one more byte, or {@link #DEAD}. */
    LexerState next(LexerState state, int value) {
        LexerState next = state.next[value];
        if (next == null) {
            next = state.closed ? DEAD : advance(state, value);
            state.next[value] = next;
        }
        return next;
    }

    private LexerState advance(LexerState state, int value) {
        List<Member> members = new ArrayList<>(state.members.size());
        for (Member member : state.members) {
            List<Reading> at = automaton.next(member.at(), value);
            if (!at.isEmpty()) {
                members.add(new Member(member.terminal(), at));
            }
        }
        return members.isEmpty() ? DEAD : known.computeIfAbsent(members, this::state);
    }

    private LexerState state(List<Member> members) {
        List<Integer> complete = members.stream()
                .filter(member -> member.at().stream().anyMatch(Reading::accepting))
                .map(Member::terminal)
                .toList();
        boolean closed = complete.stream()
                        .anyMatch(terminal -> grammar.terminal(terminal).lazy())
                || members.stream().allMatch(member -> member.at().stream().allMatch(Reading::ended));
        return new LexerState(members, complete, closed);
    }

    int size() {
        return known.size();
    }

    /** Forgets all states; those in use stay valid. */
    void forget() {
        known.clear();
    }
}
