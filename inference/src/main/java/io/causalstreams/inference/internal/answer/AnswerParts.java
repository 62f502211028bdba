package io.causalstreams.inference.internal.answer;

import io.causalstreams.inference.AnswerPart;
import java.util.ArrayList;
import java.util.List;

/** Collects the parts of one delta; what belongs together is joined. */
final class AnswerParts {
    private enum Kind {
        NONE,
        CONTENT,
        REASONING,
        ARGUMENTS
    }

    private final List<AnswerPart> parts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Kind kind = Kind.NONE;
    private int calls;

    void content(CharSequence more) {
        add(Kind.CONTENT, more);
    }

    void reasoning(CharSequence more) {
        add(Kind.REASONING, more);
    }

    /** Begins the next call. */
    void call(String name) {
        flush();
        parts.add(new AnswerPart.ToolCall(calls++, name));
    }

    /** Of the call begun last. */
    void arguments(CharSequence more) {
        add(Kind.ARGUMENTS, more);
    }

    void arguments(char more) {
        become(Kind.ARGUMENTS);
        text.append(more);
    }

    /** Calls begun so far, those of earlier deltas included. */
    int calls() {
        return calls;
    }

    /** What was added since the last time. */
    List<AnswerPart> take() {
        flush();
        List<AnswerPart> taken = List.copyOf(parts);
        parts.clear();
        return taken;
    }

    private void add(Kind other, CharSequence more) {
        if (!more.isEmpty()) {
            become(other);
            text.append(more);
        }
    }

    private void become(Kind other) {
        if (kind != other) {
            flush();
            kind = other;
        }
    }

    private void flush() {
        if (!text.isEmpty()) {
            String whole = text.toString();
            parts.add(
                    switch (kind) {
                        case CONTENT, NONE -> new AnswerPart.Content(whole);
                        case REASONING -> new AnswerPart.Reasoning(whole);
                        case ARGUMENTS -> new AnswerPart.Arguments(calls - 1, whole);
                    });
            text.setLength(0);
        }
        kind = Kind.NONE;
    }
}
