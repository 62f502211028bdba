package io.causalstreams.inference.internal.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;

/**
 * One call written as a JSON object with a name and arguments, read character by character.
 *
 * <pre>
 * OPEN ──{──► KEY ──"key"──► COLON ──:──► VALUE ──value──► NEXT ──}──► DONE
 *              ▲                                            │ ,
 *              └────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Arguments behind the name pass on as they come; in front of it they wait for it. Arguments that are a string holding JSON
 * (some models quote twice) are unquoted.
 */
final class JsonCall {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> NAMES = Set.of("name", "function");
    private static final Set<String> ARGUMENTS = Set.of("arguments", "parameters");

    private enum State {
        OPEN,
        KEY,
        COLON,
        VALUE,
        NEXT,
        DONE,
        BROKEN
    }

    private final StringBuilder raw = new StringBuilder();
    private final StringBuilder value = new StringBuilder();
    private State state = State.OPEN;
    private String key = "";
    private boolean named;
    private boolean streaming;
    private boolean argued;
    private String waiting = "";
    private final JsonExtent extent = new JsonExtent();

    /** Takes the next character; white space in front of the object too. */
    void accept(char next, AnswerParts parts) {
        raw.append(next);
        switch (state) {
            case OPEN -> {
                if (!isSpace(next)) {
                    state = next == '{' ? State.KEY : State.BROKEN;
                }
            }
            case KEY -> key(next, parts);
            case COLON -> {
                if (!isSpace(next)) {
                    state = next == ':' ? State.VALUE : State.BROKEN;
                }
            }
            case VALUE -> value(next, parts);
            case NEXT -> next(next, parts);
            case DONE, BROKEN -> throw new IllegalStateException("the call has ended");
        }
    }

    boolean isDone() {
        return state == State.DONE;
    }

    boolean isBroken() {
        return state == State.BROKEN;
    }

    /** Whether its name was passed on. */
    boolean isNamed() {
        return named;
    }

    /** All of its text. */
    String raw() {
        return raw.toString();
    }

    private void key(char next, AnswerParts parts) {
        if (value.isEmpty()) {
            if (isSpace(next)) {
                return;
            }
            if (next == '}') {
                end(parts);
                return;
            }
            if (next != '"') {
                state = State.BROKEN;
                return;
            }
        }
        value.append(next);
        if (extent.endsWith(next)) {
            key = text(value.toString());
            value.setLength(0);
            state = State.COLON;
        }
    }

    private void value(char next, AnswerParts parts) {
        if (value.isEmpty() && !streaming) {
            if (isSpace(next)) {
                return;
            }
            streaming = named && next == '{' && ARGUMENTS.contains(key);
        }
        boolean primitive = !value.isEmpty() && isPrimitive();
        if (primitive && (next == ',' || next == '}' || isSpace(next))) {
            endValue(parts);
            next(next, parts);
            return;
        }
        if (streaming) {
            parts.arguments(next);
        } else {
            value.append(next);
        }
        if (extent.endsWith(next)) {
            endValue(parts);
        }
    }

    private boolean isPrimitive() {
        char first = value.charAt(0);
        return first != '"' && first != '{' && first != '[';
    }

    private void endValue(AnswerParts parts) {
        String whole = value.toString();
        value.setLength(0);
        state = State.NEXT;
        if (streaming) {
            streaming = false;
            argued = true;
        } else if (NAMES.contains(key) && whole.startsWith("\"") && !named) {
            named = true;
            parts.call(text(whole));
            if (!waiting.isEmpty()) {
                argue(waiting, parts);
            }
        } else if (ARGUMENTS.contains(key) && !argued) {
            String json = whole.startsWith("\"") ? text(whole) : whole;
            if (named) {
                argue(json, parts);
            } else {
                waiting = json;
            }
        }
    }

    private void argue(String json, AnswerParts parts) {
        parts.arguments(json.equals("null") || json.isBlank() ? "{}" : json);
        argued = true;
    }

    private void next(char next, AnswerParts parts) {
        if (next == ',') {
            state = State.KEY;
        } else if (next == '}') {
            end(parts);
        } else if (!isSpace(next)) {
            state = State.BROKEN;
        }
    }

    private void end(AnswerParts parts) {
        state = named ? State.DONE : State.BROKEN;
        if (named && !argued) {
            argue("{}", parts);
        }
    }

    private static String text(String literal) {
        try {
            return JSON.readValue(literal, String.class);
        } catch (JsonProcessingException e) {
            return literal.substring(1, literal.length() - 1); // a line feed as it is, for instance
        }
    }

    static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
