package io.causalstreams.inference.internal.answer;

/**
 * Calls in Python's syntax, as a list or a line for each, {@code [f(a=1, b='x'), g()]}: Llama 3.2, Llama 4, OLMo 3.
 *
 * <p>An argument passes on when it is complete, as JSON.
 */
final class PythonCalls implements CallReader {
    private enum State {
        BETWEEN,
        NAME,
        ARGUMENT
    }

    private final StringBuilder held = new StringBuilder();
    private State state = State.BETWEEN;
    private JsonExtent extent = new JsonExtent();
    private int arguments;

    @Override
    public boolean accept(char next, AnswerParts parts) {
        switch (state) {
            case BETWEEN -> {
                if (Character.isJavaIdentifierStart(next)) {
                    state = State.NAME;
                    held.append(next);
                } else {
                    return "[], ;\n\r\t".indexOf(next) >= 0;
                }
            }
            case NAME -> {
                if (next == '(') {
                    parts.call(held.toString().strip());
                    held.setLength(0);
                    arguments = 0;
                    extent = new JsonExtent();
                    state = State.ARGUMENT;
                } else {
                    held.append(next);
                }
            }
            case ARGUMENT -> argument(next, parts);
        }
        return true;
    }

    @Override
    public void finish(AnswerParts parts) {
        if (state == State.NAME) {
            parts.content(held);
        }
        held.setLength(0);
        state = State.BETWEEN;
    }

    private void argument(char next, AnswerParts parts) {
        if (extent.isOutside() && (next == ',' || next == ')')) {
            passOn(parts);
            if (next == ')') {
                parts.arguments(arguments == 0 ? "{}" : "}");
                state = State.BETWEEN;
            }
            return;
        }
        held.append(next);
        extent.endsWith(next);
    }

    private void passOn(AnswerParts parts) {
        String argument = held.toString();
        held.setLength(0);
        int equals = argument.indexOf('=');
        if (equals < 0) {
            return; // no argument, or one without a name, which a function described by a JSON Schema has not
        }
        parts.arguments(arguments++ == 0 ? "{" : ", ");
        parts.arguments(PythonLiteral.quote(argument.substring(0, equals).strip()));
        parts.arguments(": ");
        parts.arguments(PythonLiteral.toJson(argument.substring(equals + 1)));
    }
}
