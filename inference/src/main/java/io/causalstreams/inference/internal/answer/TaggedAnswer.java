package io.causalstreams.inference.internal.answer;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.AnswerReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Splits the text of one answer into what the model says, what it thinks, and which tools it calls, as it is generated.
 *
 * <pre>
 *            ┌──────────────── closing tag ─────────────────┐
 *            │                                              ▼
 *   ──► THINKING ◄── opening tag, before anything else ── CONTENT ── tag of calls ──► CALLS
 *                                                           ▲                           │
 *                                                           └── what belongs to no call ┘
 * </pre>
 *
 * <p>A beginning that may become a tag is held back, and so is white space that may stand before a tag: neither is content. The
 * parts are a function of the text alone, however it is cut into deltas; so a replay gives the same.
 *
 * <p>Threading: one thread at a time.
 */
public final class TaggedAnswer implements AnswerReader {
    private enum Mode {
        THINKING,
        CONTENT,
        CALLS
    }

    private final AnswerSyntax syntax;
    private final Set<String> tools;
    private final AnswerParts parts = new AnswerParts();
    private final StringBuilder pending = new StringBuilder();
    private Mode mode;
    /** Nothing but white space so far. */
    private boolean atStart = true;
    /** White space here stands beside a tag. */
    private boolean skipSpace;

    private @Nullable CallReader calls;

    /**
     * A reader of one answer.
     *
     * @param tools names of the functions that may be called; empty: what looks like a call is text
     * @param insideThinking whether the prompt ends with the opening tag of {@link AnswerSyntax#thinking}
     */
    public TaggedAnswer(AnswerSyntax syntax, Collection<String> tools, boolean insideThinking) {
        this.syntax = syntax;
        this.tools = Set.copyOf(tools);
        this.mode = insideThinking && syntax.thinking() != null ? Mode.THINKING : Mode.CONTENT;
        this.skipSpace = mode == Mode.THINKING;
    }

    @Override
    public List<AnswerPart> accept(String delta) {
        pending.append(delta);
        boolean more = true;
        while (more) {
            more = switch (mode) {
                case THINKING -> think();
                case CONTENT -> say();
                case CALLS -> call();
            };
        }
        return parts.take();
    }

    @Override
    public List<AnswerPart> finish() {
        if (calls != null) {
            calls.finish(parts);
        }
        emit(pending.length());
        pending.setLength(0);
        return parts.take();
    }

    private boolean think() {
        String close = close();
        int end = pending.indexOf(close);
        if (end < 0) {
            emit(settled(List.of(close)));
            return false;
        }
        emit(withoutSpace(end));
        pending.delete(0, pending.indexOf(close) + close.length());
        become(Mode.CONTENT);
        return true;
    }

    private String close() {
        AnswerSyntax.Tags thinking = syntax.thinking();
        return thinking == null ? "" : thinking.close();
    }

    private boolean say() {
        List<String> tags = new ArrayList<>();
        AnswerSyntax.Tags thinking = syntax.thinking();
        if (thinking != null && atStart) {
            tags.add(thinking.open());
        }
        if (!tools.isEmpty()) {
            tags.add(syntax.calls().open());
            if (parts.calls() > 0 && !syntax.calls().close().isEmpty()) {
                tags.add(syntax.calls().close());
            }
        }
        if (atStart && !tools.isEmpty()) {
            switch (BareCall.of(syntax.calls(), pending, tools)) {
                case YES -> {
                    pending.delete(
                            0,
                            pending.length() - pending.toString().stripLeading().length());
                    begin();
                    return true;
                }
                case PERHAPS -> {
                    return false;
                }
                case NO -> {}
            }
        }
        String first = null;
        int at = pending.length();
        for (String tag : tags) {
            int found = pending.indexOf(tag);
            if (found >= 0 && found < at) {
                at = found;
                first = tag;
            }
        }
        if (first == null) {
            emit(settled(tags));
            return false;
        }
        boolean opensThinking = thinking != null && first.equals(thinking.open());
        if (opensThinking && !pending.substring(0, at).isBlank()) {
            emit(at + first.length()); // in the middle of a text it is text
            return true;
        }
        emit(withoutSpace(at));
        pending.delete(0, pending.indexOf(first) + first.length());
        if (opensThinking) {
            become(Mode.THINKING);
        } else if (first.equals(syntax.calls().open())) {
            begin();
        } else {
            skipSpace = true;
        }
        return true;
    }

    private void begin() {
        become(Mode.CALLS);
        calls = syntax.calls().reader();
    }

    private boolean call() {
        CallReader reader = calls;
        int at = 0;
        while (reader != null && at < pending.length() && reader.accept(pending.charAt(at), parts)) {
            at++;
        }
        boolean ended = at < pending.length();
        pending.delete(0, at);
        if (ended) {
            if (reader != null) {
                reader.finish(parts);
            }
            calls = null;
            become(Mode.CONTENT);
        }
        return ended;
    }

    private void become(Mode other) {
        mode = other;
        skipSpace = true;
        atStart &= other == Mode.THINKING || parts.calls() == 0;
    }

    /** Passes on the first {@code length} characters. */
    private void emit(int length) {
        String text = pending.substring(0, length);
        pending.delete(0, length);
        if (skipSpace) {
            text = text.stripLeading();
        }
        if (text.isEmpty()) {
            return;
        }
        skipSpace = false;
        if (mode == Mode.THINKING) {
            parts.reasoning(text);
        } else {
            atStart = false;
            parts.content(text);
        }
    }

    private int withoutSpace(int end) {
        return pending.substring(0, end).stripTrailing().length();
    }

    /** How much of what is pending is neither the beginning of a tag nor white space that may stand before one. */
    private int settled(List<String> tags) {
        int end = pending.length();
        for (String tag : tags) {
            for (int length = Math.min(tag.length() - 1, pending.length()); length > 0; length--) {
                if (pending.substring(pending.length() - length).equals(tag.substring(0, length))) {
                    end = Math.min(end, pending.length() - length);
                    break;
                }
            }
        }
        return tags.isEmpty() ? end : withoutSpace(end);
    }
}
