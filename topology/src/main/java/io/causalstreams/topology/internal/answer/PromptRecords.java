package io.causalstreams.topology.internal.answer;

import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.TokenEvent;
import io.causalstreams.topology.internal.journal.Arrival;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The output records of prompt events: key and timestamp are the prompt's, none is larger than a record may be.
 *
 * @param applicationId first part of {@code ce_source}, before the model
 * @param publishesTokens whether there are token events
 */
public record PromptRecords(String applicationId, boolean publishesTokens, RecordLimit limit) {

    List<Record<byte[], OutputEvent>> tokens(Arrival arrival, TokenEvent event, long nowMs) {
        Headers headers =
                EventHeaders.token(arrival.headers(), source(event.model()), event, Instant.ofEpochMilli(nowMs));
        return List.of(event(arrival, OutputEvent.Kind.TOKENS, Bytes.wrap(EventJson.write(event)), headers));
    }

    /** @param model which answered */
    Record<byte[], OutputEvent> completion(Arrival arrival, String model, byte[] completion, long nowMs) {
        Headers headers =
                EventHeaders.completion(arrival.headers(), source(model), arrival.id(), Instant.ofEpochMilli(nowMs));
        return event(arrival, OutputEvent.Kind.COMPLETION, Bytes.wrap(completion), headers);
    }

    /**
     * What a candidate says beside the answer.
     *
     * @param model which answered
     */
    Record<byte[], OutputEvent> shadow(Arrival arrival, String model, byte[] completion, long nowMs) {
        Headers headers =
                EventHeaders.completion(arrival.headers(), source(model), arrival.id(), Instant.ofEpochMilli(nowMs));
        return event(arrival, OutputEvent.Kind.SHADOW, Bytes.wrap(completion), headers);
    }

    /** A remembered completion event, as the answer to another arrival of the same id. */
    public Record<byte[], OutputEvent> remembered(Arrival arrival, byte[] completion, long nowMs) {
        String model = EventJson.readCompletion(completion).model();
        return completion(arrival, model, completion, nowMs);
    }

    private String source(String model) {
        return EventHeaders.source(applicationId, model);
    }

    /** The original, with what went wrong in its headers. */
    public Record<byte[], OutputEvent> deadLetter(Arrival arrival, Throwable cause) {
        return record(arrival, OutputEvent.Kind.DEAD_LETTER, arrival.value(), DeadLetterHeaders.of(arrival, cause));
    }

    private Record<byte[], OutputEvent> event(Arrival arrival, OutputEvent.Kind kind, Bytes value, Headers headers) {
        if (arrival.offset() >= 0) { // else it was made by another operator
            EventHeaders.addPrompt(headers, arrival.topic(), arrival.partition(), arrival.offset());
        }
        return record(arrival, kind, value, headers);
    }

    private Record<byte[], OutputEvent> record(
            Arrival arrival, OutputEvent.Kind kind, @Nullable Bytes value, Headers headers) {
        return limit.fit(new Record<>(
                arrival.keyBytes(), new OutputEvent(kind, arrival.id(), value), arrival.timestamp(), headers));
    }
}
