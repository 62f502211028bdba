package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException;
import org.jspecify.annotations.Nullable;

/**
 * A readable prompt event before its fields are checked: enough to report an invalid request to whoever waits.
 */
public final class PromptEnvelope {

    /** Longer ids are invalid: they become part of headers and of the journal's keys. */
    public static final int MAX_ID_LENGTH = 1024;

    private final JsonNode document;

    private PromptEnvelope(JsonNode document) {
        this.document = document;
    }

    /** Reads the bytes. @throws UnreadablePromptException if they are not JSON */
    public static PromptEnvelope read(byte[] value) {
        return new PromptEnvelope(EventJson.tree(value));
    }

    /** The body's id when it is a usable one, else null. */
    public @Nullable String id() {
        JsonNode id = document.get("id");
        boolean usable = id != null
                && id.isTextual()
                && !id.textValue().isEmpty()
                && id.textValue().length() <= MAX_ID_LENGTH;
        return usable ? FieldReader.text(id) : null;
    }

    /** The shape of the answer: text when the body has {@code prompt} and no {@code messages}, else chat. */
    public OutputEvents.Shape shape() {
        return document.has("prompt") && !document.hasNonNull("messages")
                ? OutputEvents.Shape.TEXT
                : OutputEvents.Shape.CHAT;
    }

    /** Checks every field. @throws GenerationException.Invalid if it is not a valid request; names the field */
    public PromptEvent event() {
        if (!document.isObject()) {
            throw new GenerationException.Invalid(
                    null, "the prompt event is " + FieldReader.typeOf(document) + "; it must be a JSON object");
        }
        return new PromptReader(document).read();
    }
}
