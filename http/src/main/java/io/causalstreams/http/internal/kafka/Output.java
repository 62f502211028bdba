package io.causalstreams.http.internal.kafka;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.TokenEvent;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What was committed of a request. */
public sealed interface Output {

    /**
     * Some tokens of a choice.
     *
     * @param json the event as it was sent
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody writes into it
    record Tokens(TokenEvent event, byte[] json) implements Output {

        public TokenEvent.Choice choice() {
            return event.choices().get(0);
        }
    }

    /**
     * The end.
     *
     * @param json the event
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody writes into it
    record Completion(CompletionEvent event, byte[] json) implements Output {}

    /** Its prompt could not be answered; most often there is a completion that says so, too. */
    record DeadLetter(String reason) implements Output {}

    /** The request that a record belongs to, from its headers alone; null when none is named. */
    static @Nullable String requestOf(ConsumerRecord<byte[], byte[]> message, DoorTopics topics) {
        return header(message, message.topic().equals(topics.deadLetters()) ? EventHeaders.ID : EventHeaders.SUBJECT);
    }

    /**
     * Reads a record; null if it is no event of the operator's.
     *
     * @throws io.causalstreams.topology.FormUnavailableException if its schema is not known now
     */
    static @Nullable Output read(ConsumerRecord<byte[], byte[]> message, DoorTopics topics) {
        if (message.topic().equals(topics.deadLetters())) {
            String reason = header(message, "__streams.errors.message");
            return new DeadLetter(reason == null ? "it could not be answered" : reason);
        }
        if (message.value() == null) {
            return null;
        }
        try {
            return message.topic().equals(topics.tokens())
                    ? new Tokens(EventJson.readToken(message.value()), message.value())
                    : completion(message, topics);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            return null;
        }
    }

    private static Completion completion(ConsumerRecord<byte[], byte[]> message, DoorTopics topics) {
        byte[] json = topics.format().toJson(message.topic(), message.value());
        CompletionEvent event = EventJson.readCompletion(json);
        boolean asItWasSent = json == message.value(); // else it has the schema's types, as texts for long numbers
        return new Completion(event, asItWasSent ? json : EventJson.write(event));
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
