package io.causalstreams.inference.internal.answer;

import org.jspecify.annotations.Nullable;

/** Calls as JSON objects: one, several behind each other, or a list. Hermes, Qwen, Llama 3, Granite and older Mistral models. */
final class JsonCalls implements CallReader {
    private static final String BETWEEN_CALLS = "[],; \n\r\t";

    private @Nullable JsonCall call;

    @Override
    public boolean accept(char next, AnswerParts parts) {
        JsonCall current = call;
        if (current == null) {
            if (next != '{') {
                return BETWEEN_CALLS.indexOf(next) >= 0;
            }
            current = new JsonCall();
            call = current;
        }
        current.accept(next, parts);
        if (current.isBroken()) {
            finish(parts);
        } else if (current.isDone()) {
            call = null;
        }
        return true;
    }

    @Override
    public void finish(AnswerParts parts) {
        if (call != null && !call.isNamed()) {
            parts.content(call.raw());
        }
        call = null;
    }
}
