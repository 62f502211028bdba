package io.causalstreams.http.internal.answer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.CompletionEvent.Choice;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Server-sent events of an answer.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the format</a>
 */
final class Sse {
    static final byte[] DONE = bytes("data: [DONE]\n\n");
    /** A comment: keeps proxies from cutting a line on which nothing happens, and shows that a client is gone. */
    static final byte[] WAITING = bytes(": waiting\n\n");

    private static final byte[] DATA = bytes("data: ");
    private static final byte[] END = bytes("\n\n");

    private Sse() {}

    /** An event whose data is JSON on one line. */
    static byte[] event(byte[] json) {
        return event("", json);
    }

    /** The same with an id. */
    static byte[] event(EventId id, byte[] json) {
        return event("id: " + id + "\n", json);
    }

    private static byte[] event(String head, byte[] json) {
        ByteArrayOutputStream event = new ByteArrayOutputStream(head.length() + json.length + 8);
        event.writeBytes(bytes(head));
        event.writeBytes(DATA);
        event.writeBytes(json);
        event.writeBytes(END);
        return event.toByteArray();
    }

    /**
     * The last chunk of a choice, which says why it ended.
     *
     * @param whole whether it holds all of the choice, none of which was told before
     */
    static byte[] end(CompletionEvent completion, Choice choice, boolean whole) {
        ObjectNode chunk = chunk(completion);
        ObjectNode ended = chunk.withArray("choices").addObject().put("index", choice.index());
        if (choice.message() == null) {
            ended.put("text", whole ? choice.content() : "");
        } else {
            ObjectNode delta = ended.putObject("delta");
            if (whole) {
                delta.setAll(message(choice.message()));
            }
        }
        ended.put("finish_reason", choice.finishReason());
        if (choice.stopReason() != null) {
            ended.putPOJO("stop_reason", choice.stopReason());
        }
        return bytes(chunk.toString());
    }

    private static ObjectNode message(CompletionEvent.Message message) {
        ObjectNode delta = JsonNodeFactory.instance.objectNode();
        delta.put("role", message.role()).put("content", message.content() == null ? "" : message.content());
        if (message.reasoningContent() != null) {
            delta.put("reasoning_content", message.reasoningContent());
        }
        if (message.toolCalls() != null) {
            delta.putPOJO("tool_calls", message.toolCalls());
        }
        return delta;
    }

    /** The chunk without choices that tells what was used. */
    static byte[] usage(CompletionEvent completion) {
        ObjectNode chunk = chunk(completion);
        chunk.putArray("choices");
        CompletionEvent.Usage usage = completion.usage();
        chunk.putObject("usage")
                .put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.completionTokens())
                .put("total_tokens", usage.totalTokens())
                .putObject("prompt_tokens_details")
                .put("cached_tokens", usage.promptTokensDetails().cachedTokens());
        return bytes(chunk.toString());
    }

    private static ObjectNode chunk(CompletionEvent completion) {
        boolean chat = completion.object().equals("chat.completion");
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", completion.id())
                .put("object", chat ? "chat.completion.chunk" : completion.object())
                .put("created", completion.created())
                .put("model", completion.model())
                .put("system_fingerprint", completion.systemFingerprint());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
