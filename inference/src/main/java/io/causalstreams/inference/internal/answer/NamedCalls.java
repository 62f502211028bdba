package io.causalstreams.inference.internal.answer;

import org.jspecify.annotations.Nullable;

/**
 * Mistral's calls, whose newer form has the name outside of the JSON: {@code name[ARGS]{…}}, {@code name[CALL_ID]id[ARGS]{…}} or
 * {@code name{…}}. Where the span begins with a list it is the older form, {@link JsonCalls}.
 */
final class NamedCalls implements CallReader {
    private final StringBuilder head = new StringBuilder();
    private @Nullable CallReader list;
    private @Nullable JsonExtent arguments;

    @Override
    public boolean accept(char next, AnswerParts parts) {
        if (list != null) {
            return list.accept(next, parts);
        }
        if (arguments != null) {
            parts.arguments(next);
            if (arguments.endsWith(next)) {
                arguments = null;
            }
            return true;
        }
        if (head.isEmpty()) {
            if (JsonCall.isSpace(next)) {
                return true;
            }
            if (next == '[' && parts.calls() == 0) {
                list = new JsonCalls();
                return true;
            }
            if (!Character.isJavaIdentifierStart(next)) {
                return false;
            }
        }
        if (next == '{') {
            parts.call(name());
            head.setLength(0);
            arguments = new JsonExtent();
            return accept(next, parts);
        }
        head.append(next);
        return true;
    }

    @Override
    public void finish(AnswerParts parts) {
        if (list != null) {
            list.finish(parts);
        }
        parts.content(head);
        head.setLength(0);
    }

    private String name() {
        int end = head.indexOf("[");
        return (end < 0 ? head.toString() : head.substring(0, end)).strip();
    }
}
