package io.causalstreams.http.internal.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.internal.kafka.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The last dead letters, with what is shown of them: of large ones the beginning.
 *
 * <p>Threading: the owner's lock.
 */
final class LetterBox {
    static final int MOST = 200;
    static final int MOST_VALUE_BYTES = 4_000;
    private static final int MOST_HEADERS = 24;
    private static final int MOST_HEADER_BYTES = 300;
    private static final int MOST_REASON = 1_000;

    private final Deque<ObjectNode> letters = new ArrayDeque<>();

    void clear() {
        letters.clear();
    }

    /** All, the oldest first. */
    ArrayNode json() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        letters.forEach(all::add);
        return all;
    }

    /** Takes one in; the oldest makes way. @return what is shown of it */
    ObjectNode add(ConsumerRecord<byte[], byte[]> letter) {
        ObjectNode json = json(letter);
        letters.addLast(json);
        if (letters.size() > MOST) {
            letters.removeFirst();
        }
        return json;
    }

    private ObjectNode json(ConsumerRecord<byte[], byte[]> letter) {
        Headers headers = letter.headers();
        String reason = DeadLetters.header(headers, DeadLetters.ERROR + "message");
        String exception = DeadLetters.header(headers, DeadLetters.ERROR + "exception");
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("partition", letter.partition())
                .put("offset", letter.offset())
                .put("at", letter.timestamp())
                .put("reason", reason == null ? "" : PromptExcerpt.shortened(reason, MOST_REASON))
                .put("exception", exception == null ? "" : exception.replaceFirst(".*[.$]", ""))
                .put("from", from(headers))
                .put(
                        "id",
                        PromptExcerpt.of(headers, letter.value(), from(headers)).id())
                .put("key", text(letter.key(), MOST_HEADER_BYTES))
                .put("value", text(letter.value(), MOST_VALUE_BYTES))
                .put("bytes", Math.max(0, letter.serializedValueSize()));
        ArrayNode shown = json.putArray("headers");
        for (Header each : headers) {
            if (!each.key().startsWith(DeadLetters.ERROR) && shown.size() < MOST_HEADERS) {
                shown.addArray()
                        .add(PromptExcerpt.shortened(each.key(), MOST_HEADER_BYTES))
                        .add(text(each.value(), MOST_HEADER_BYTES));
            }
        }
        return json;
    }

    private static String from(Headers headers) {
        return DeadLetters.header(headers, DeadLetters.ERROR + "topic") + "-"
                + DeadLetters.header(headers, DeadLetters.ERROR + "partition") + "-"
                + DeadLetters.header(headers, DeadLetters.ERROR + "offset");
    }

    /** What is no UTF-8 shows as such. */
    private static @Nullable String text(byte @Nullable [] bytes, int most) {
        return bytes == null ? null : new String(bytes, 0, Math.min(bytes.length, most), StandardCharsets.UTF_8);
    }
}
