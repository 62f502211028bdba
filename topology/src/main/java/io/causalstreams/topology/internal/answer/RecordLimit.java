package io.causalstreams.topology.internal.answer;

import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.EventJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Keeps records within the size the broker takes. One it refuses would stop the task for ever.
 *
 * @param maxBytes of key, value and headers together
 */
public record RecordLimit(int maxBytes) {

    /** On a dead letter whose original did not fit: the original's bytes; they are whole at its coordinates. */
    static final String TRUNCATED = "causal-streams-truncated-bytes";

    /** Room a completion leaves for key and headers, which are the caller's. */
    private static final int BESIDE_THE_VALUE = 32 << 10;

    /** Header names and lengths, at most. */
    private static final int PER_HEADER = 10;

    /** Bytes of key, value and headers. */
    public static long sizeOf(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long size = (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
        for (Header header : headers) {
            size += header.key().length() * 3L + (header.value() == null ? 0 : header.value().length) + PER_HEADER;
        }
        return size;
    }

    /** The record, without what makes it too large: first the prompt's headers, then a dead letter's end, then the key. */
    Record<byte[], OutputEvent> fit(Record<byte[], OutputEvent> record) {
        if (size(record) <= maxBytes) {
            return record;
        }
        Record<byte[], OutputEvent> smaller = record.withHeaders(own(record.headers()));
        if (size(smaller) > maxBytes && record.value().kind() == OutputEvent.Kind.DEAD_LETTER) {
            smaller = truncated(smaller);
        }
        return size(smaller) > maxBytes ? smaller.withKey(null) : smaller;
    }

    private static long size(Record<byte[], OutputEvent> record) {
        return sizeOf(record.key(), record.value().bytes(), record.headers());
    }

    private static Headers own(Headers all) {
        Headers own = new RecordHeaders();
        for (Header header : all) {
            if (header.key().startsWith("ce_")
                    || header.key().startsWith("__streams.errors.")
                    || header.key().equals(EventHeaders.CONTENT_TYPE)
                    || header.key().equals(EventHeaders.PROMPT)) {
                own.add(header);
            }
        }
        return own;
    }

    private Record<byte[], OutputEvent> truncated(Record<byte[], OutputEvent> record) {
        OutputEvent event = record.value();
        byte[] whole = Objects.requireNonNull(event.bytes());
        Headers headers = new RecordHeaders(record.headers());
        headers.add(TRUNCATED, Integer.toString(whole.length).getBytes(StandardCharsets.UTF_8));
        byte[] head = Arrays.copyOf(whole, Math.min(whole.length, maxBytes / 2));
        return record.withHeaders(headers)
                .withValue(new OutputEvent(event.kind(), event.requestId(), Bytes.wrap(head)));
    }

    /** The completion, without its log-probabilities when it would be too large with them. */
    byte[] write(CompletionEvent completion) {
        byte[] whole = EventJson.write(completion);
        return whole.length <= maxBytes - BESIDE_THE_VALUE ? whole : EventJson.write(reduced(completion, whole.length));
    }

    private CompletionEvent reduced(CompletionEvent completion, int bytes) {
        boolean ofPrompt = completion.choices().stream().anyMatch(choice -> choice.promptLogprobs() != null);
        String field = ofPrompt ? "prompt_logprobs" : "logprobs";
        CompletionEvent.Failure failure = new CompletionEvent.Failure(
                ErrorCode.INVALID_REQUEST,
                "request " + completion.id() + ": its completion has " + bytes + " bytes, a record takes " + maxBytes
                        + "; log-probabilities are left out: ask for fewer alternatives or raise"
                        + " causal.streams.record.max.bytes",
                field);
        List<CompletionEvent.Choice> choices = completion.choices().stream()
                .map(choice -> new CompletionEvent.Choice(
                        choice.index(),
                        choice.message(),
                        choice.text(),
                        choice.finishReason(),
                        null,
                        null,
                        null,
                        choice.stopReason()))
                .toList();
        return new CompletionEvent(
                completion.id(),
                completion.object(),
                completion.created(),
                completion.model(),
                choices,
                completion.usage(),
                completion.systemFingerprint(),
                null,
                completion.classification(),
                failure,
                completion.embedding(),
                completion.ranking(),
                completion.adapterVersion());
    }
}
