package io.causalstreams.http.internal.answer;

import java.util.ArrayList;
import java.util.List;

/** How many tokens of each choice a client has. Not thread-safe. */
final class Positions {
    private final List<Integer> next = new ArrayList<>();

    Positions(List<Integer> told) {
        next.addAll(told);
    }

    /** Of the next token of this choice. */
    int next(int choice) {
        return choice < next.size() ? next.get(choice) : 0;
    }

    void advance(int choice, int position) {
        while (next.size() <= choice) {
            next.add(0);
        }
        next.set(choice, position);
    }

    /** Tokens of all choices together. */
    int sum() {
        return next.stream().mapToInt(Integer::intValue).sum();
    }

    List<Integer> toList() {
        return next.isEmpty() ? List.of(0) : List.copyOf(next);
    }
}
