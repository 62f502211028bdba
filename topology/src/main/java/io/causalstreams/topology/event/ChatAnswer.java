package io.causalstreams.topology.event;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.Prompt;
import io.causalstreams.topology.event.CompletionEvent.Message;
import io.causalstreams.topology.event.TokenEvent.Delta;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a chat answer says, thinks and calls, in OpenAI's form.
 *
 * @param calls in the order of the answer; in a delta, a call whose name came before has none here
 */
public record ChatAnswer(String content, String reasoning, List<Call> calls) {

    /** A call or more of it. */
    public record Call(int index, @Nullable String name, String arguments) {}

    public static ChatAnswer of(List<AnswerPart> parts) {
        StringBuilder content = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        Map<Integer, Call> calls = new LinkedHashMap<>();
        for (AnswerPart part : parts) {
            if (part instanceof AnswerPart.Content said) {
                content.append(said.text());
            } else if (part instanceof AnswerPart.Reasoning thought) {
                reasoning.append(thought.text());
            } else if (part instanceof AnswerPart.ToolCall call) {
                calls.put(call.index(), new Call(call.index(), call.name(), ""));
            } else if (part instanceof AnswerPart.Arguments more) {
                calls.merge(
                        more.index(),
                        new Call(more.index(), null, more.json()),
                        (call, added) -> new Call(call.index(), call.name(), call.arguments() + added.arguments()));
            }
        }
        return new ChatAnswer(content.toString(), reasoning.toString(), new ArrayList<>(calls.values()));
    }

    Delta delta(String requestId, int choice, boolean first) {
        return new Delta(
                first ? "assistant" : null,
                content,
                reasoning.isEmpty() ? null : reasoning,
                calls.isEmpty()
                        ? null
                        : calls.stream()
                                .map(call -> toolCall(call, requestId, choice, call.index()))
                                .toList());
    }

    Message message(String requestId, int choice) {
        return new Message(
                "assistant",
                content.isEmpty() && !calls.isEmpty() ? null : content,
                reasoning.isEmpty() ? null : reasoning,
                calls.isEmpty()
                        ? null
                        : calls.stream()
                                .map(call -> toolCall(call, requestId, choice, null))
                                .toList());
    }

    /** The answer as a turn of a conversation, without what was thought: templates leave it out of earlier turns. */
    public Prompt.Message turn(String requestId, int choice) {
        return new Prompt.Message(
                "assistant",
                content.isEmpty() && !calls.isEmpty() ? List.of() : List.of(content),
                null,
                null,
                calls.stream()
                        .map(call -> new Prompt.ToolCall(
                                id(requestId, choice, call.index()),
                                Objects.requireNonNullElse(call.name(), ""),
                                call.arguments()))
                        .toList(),
                null);
    }

    private static ToolCall toolCall(Call call, String requestId, int choice, @Nullable Integer index) {
        boolean begins = call.name() != null;
        return new ToolCall(
                index,
                begins ? id(requestId, choice, call.index()) : null,
                begins ? "function" : null,
                new ToolCall.Function(call.name(), call.arguments()));
    }

    /** A fact of the request, so that a replay gives the same: nine letters and digits, as the templates of Mistral want it. */
    static String id(String requestId, int choice, int index) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((requestId + ":" + choice + ":" + index).getBytes(StandardCharsets.UTF_8));
            StringBuilder id = new StringBuilder();
            for (int i = 0; i < 9; i++) {
                id.append(Character.forDigit((digest[i] & 0xff) % 36, 36));
            }
            return id.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
