package io.causalstreams.http.internal.console;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.topology.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Records as the operator writes them, of prompts at an offset of partition 0. */
final class Records {
    static final DoorTopics TOPICS = new DoorTopics("prompts", "tokens", "completions", "dead-letters", "group");

    private Records() {}

    static ConsumerRecord<byte[], byte[]> prompt(long offset, @Nullable String event) {
        return record("prompts", offset, event, null);
    }

    static ConsumerRecord<byte[], byte[]> tokens(long prompt, String id, int index, String text) {
        return record("tokens", 0, """
                {"id":"%s","object":"text_completion","created":1,"model":"m",
                 "choices":[{"index":0,"text":"%s","token_index":%d,"token_count":1,"finish_reason":null}]}
                """.formatted(id, text, index), "prompts-0-" + prompt);
    }

    static ConsumerRecord<byte[], byte[]> completion(long prompt, String id, int tokens, @Nullable String error) {
        String failure = error == null
                ? ""
                : ",\"error\":{\"code\":\"%s\",\"message\":\"it is so\",\"param\":null}".formatted(error);
        return record(
                "completions",
                0,
                """
                {"id":"%s","object":"text_completion","created":1,"model":"m",
                 "choices":[{"index":0,"text":"","finish_reason":"%s"}],
                 "usage":{"prompt_tokens":1,"completion_tokens":%d,"total_tokens":%d,
                          "prompt_tokens_details":{"cached_tokens":0}},
                 "system_fingerprint":"f"%s}
                """.formatted(id, error == null ? "stop" : "error", tokens, tokens + 1, failure),
                "prompts-0-" + prompt);
    }

    /** Of a schema that cannot be had. */
    static ConsumerRecord<byte[], byte[]> framedCompletion(long prompt) {
        return record("completions", 0, "\0\0\0\0\7\t", "prompts-0-" + prompt);
    }

    static ConsumerRecord<byte[], byte[]> deadLetter(long offset, long prompt, byte @Nullable [] value) {
        ConsumerRecord<byte[], byte[]> letter = record("dead-letters", offset, null, null);
        ConsumerRecord<byte[], byte[]> whole = new ConsumerRecord<>(
                "dead-letters",
                0,
                offset,
                1,
                TimestampType.CREATE_TIME,
                1,
                value == null ? -1 : value.length,
                letter.key(),
                value,
                new RecordHeaders(),
                Optional.empty());
        header(whole, "__streams.errors.topic", "prompts");
        header(whole, "__streams.errors.partition", "0");
        header(whole, "__streams.errors.offset", Long.toString(prompt));
        header(whole, "__streams.errors.message", "it is no JSON");
        header(whole, "__streams.errors.exception", "io.causalstreams.UnreadablePromptException");
        header(whole, "traceparent", "00-1");
        return whole;
    }

    private static ConsumerRecord<byte[], byte[]> record(
            String topic, long offset, @Nullable String value, @Nullable String prompt) {
        ConsumerRecord<byte[], byte[]> made =
                new ConsumerRecord<>(topic, 0, offset, bytes("k"), value == null ? null : bytes(value));
        if (prompt != null) {
            header(made, EventHeaders.PROMPT, prompt);
        }
        return made;
    }

    private static void header(ConsumerRecord<byte[], byte[]> message, String name, String value) {
        message.headers().add(name, bytes(value));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
