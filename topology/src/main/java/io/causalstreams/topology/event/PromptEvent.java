package io.causalstreams.topology.event;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt event asks for.
 *
 * @param id the caller's id, if the body has one; see {@link #resolveId}
 * @param model which model answers; an engine of one model answers whatever is named
 * @param prompt chat messages, text or token ids
 * @param task generate, classify, embed or rerank
 * @param sampling how tokens are chosen and when to stop
 * @param returnTokenIds whether events carry token ids
 * @param priority lower runs earlier
 * @param deadline after this instant the answer is no longer wanted
 * @param sessionId the conversation this turn belongs to
 * @param user requests of one user share the engine fairly with those of others
 * @param topN documents of a ranking to tell, the best; null = all
 * @param adapter which adapter of the model; null = the one behind the colon of {@code model}, or none
 */
public record PromptEvent(
        @Nullable String id,
        @Nullable String model,
        Prompt prompt,
        GenerationRequest.Task task,
        SamplingParams sampling,
        boolean returnTokenIds,
        int priority,
        @Nullable Instant deadline,
        @Nullable String sessionId,
        @Nullable String user,
        @Nullable Integer topN,
        @Nullable String adapter) {

    /** A prompt that ranks nothing, without an adapter. */
    public PromptEvent(
            @Nullable String id,
            @Nullable String model,
            Prompt prompt,
            GenerationRequest.Task task,
            SamplingParams sampling,
            boolean returnTokenIds,
            int priority,
            @Nullable Instant deadline,
            @Nullable String sessionId,
            @Nullable String user) {
        this(id, model, prompt, task, sampling, returnTokenIds, priority, deadline, sessionId, user, null, null);
    }

    /** Every field the operator knows, by its wire name; all others are ignored. */
    public static final Set<String> FIELDS = PromptReader.FIELDS;

    /** Whether an event with this field may get another answer than one without: it is honoured, or refused. */
    public static boolean isKnown(String field) {
        RequestFields.Treatment treatment = RequestFields.TREATMENTS.get(field);
        return treatment != null && !(treatment instanceof RequestFields.Treatment.Ignored);
    }

    /**
     * Reads a prompt event.
     *
     * @param value UTF-8 JSON
     * @throws UnreadablePromptException if the bytes are not JSON
     * @throws GenerationException.Invalid if it is JSON but not a valid request; names the field
     */
    public static PromptEvent parse(byte[] value) {
        return PromptEnvelope.read(value).event();
    }

    /**
     * Whether one event asks for what the other does, so that it gets the same answer, or the same refusal.
     *
     * @param one UTF-8 JSON
     */
    public static boolean asksTheSame(byte[] one, byte[] other) {
        return request(one).equals(request(other));
    }

    private static Object request(byte[] value) {
        try {
            return parse(value);
        } catch (GenerationException.Invalid | UnreadablePromptException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** The request to the engine under the name {@code id}. */
    public GenerationRequest toRequest(String id) {
        return new GenerationRequest(id, prompt, task, sampling, List.of(), priority, deadline, user, model, adapter);
    }

    /** Whose body the answers have. */
    public OutputEvents.Shape shape() {
        return prompt instanceof Prompt.Chat ? OutputEvents.Shape.CHAT : OutputEvents.Shape.TEXT;
    }

    /** The request's id: the body's, else the header {@code ce_id}, else {@code coordinates}. */
    public static String resolveId(@Nullable String bodyId, Headers headers, String coordinates) {
        if (bodyId != null) {
            return bodyId;
        }
        Header header = headers.lastHeader(EventHeaders.ID);
        if (header != null && header.value() != null && header.value().length > 0) {
            return new String(header.value(), StandardCharsets.UTF_8);
        }
        return coordinates;
    }
}
