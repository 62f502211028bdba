package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.inference.Embedding;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.CompletionEvent.Choice;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.Logprobs;
import io.causalstreams.topology.event.PromptLogprob;
import io.causalstreams.topology.event.ToolCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Completions of each kind, to be written before there are any: a schema that cannot take one would stop the operator later. Each
 * finish reason and each error code is in one, and each block that a prompt can ask for, in both shapes.
 */
public final class SampleCompletions {
    private static final String CHAT = "chat.completion";
    private static final String TEXT = "text_completion";
    private static final List<Integer> BYTES = List.of(97);
    private static final Logprobs CHAT_LOGPROBS = new Logprobs.Chat(
            List.of(new Logprobs.Entry("a", -0.5, BYTES, List.of(new Logprobs.Top("a", -0.5, BYTES)))));
    private static final Logprobs TEXT_LOGPROBS =
            new Logprobs.Text(List.of("a"), List.of(-0.5), List.of(Map.of("a", -0.5)), List.of(0));

    private SampleCompletions() {}

    /** Writes each of them for {@code topic}. @throws AppException if the format cannot, or not now */
    public static void check(ValueFormat format, String topic) {
        for (CompletionEvent sample : all()) {
            try {
                format.fromJson(topic, EventJson.write(sample));
            } catch (FormUnavailableException e) {
                throw new AppException(String.valueOf(e.getMessage()), e);
            } catch (RuntimeException e) {
                throw new AppException(
                        e.getMessage() + "; every completion must be writable (docs/schema-registry.md shows a schema)",
                        e);
            }
        }
    }

    static List<CompletionEvent> all() {
        List<CompletionEvent> all = new ArrayList<>();
        finishReasons().forEach(reason -> {
            all.add(completion(CHAT, chat(reason, null, null)));
            all.add(completion(TEXT, text(reason, null, null)));
        });
        for (ErrorCode code : ErrorCode.values()) {
            CompletionEvent nothing = completion(CHAT);
            all.add(nothing.withError(new CompletionEvent.Failure(code, "why", null)));
            all.add(nothing.withError(new CompletionEvent.Failure(code, "why", "max_tokens")));
        }
        String stop = FinishReason.STOP.wireName();
        all.add(completion(CHAT, chat(stop, CHAT_LOGPROBS, "a")));
        all.add(completion(TEXT, text(stop, TEXT_LOGPROBS, 1)));
        all.add(completion(CHAT, new Choice(0, callingTools(), null, "tool_calls", null, null, null, null)));
        all.addAll(tasks());
        return all;
    }

    private static Stream<String> finishReasons() {
        return Stream.concat(Arrays.stream(FinishReason.values()).map(FinishReason::wireName), Stream.of("tool_calls"));
    }

    private static Choice chat(String reason, @Nullable Logprobs logprobs, @Nullable Object stopReason) {
        CompletionEvent.Message message = new CompletionEvent.Message("assistant", "a", "why", null);
        return choice(message, null, reason, logprobs, stopReason);
    }

    private static Choice text(String reason, @Nullable Logprobs logprobs, @Nullable Object stopReason) {
        return choice(null, "a", reason, logprobs, stopReason);
    }

    private static Choice choice(
            CompletionEvent.@Nullable Message message,
            @Nullable String text,
            String reason,
            @Nullable Logprobs logprobs,
            @Nullable Object stopReason) {
        boolean whole = logprobs != null;
        return new Choice(
                0,
                message,
                text,
                reason,
                logprobs,
                whole ? Arrays.asList(null, Map.of("1", new PromptLogprob(-0.5, 1, "a"))) : null,
                whole ? List.of(1) : null,
                stopReason);
    }

    private static CompletionEvent.Message callingTools() {
        ToolCall call = new ToolCall(null, "c", "function", new ToolCall.Function("f", "{}"));
        return new CompletionEvent.Message("assistant", null, null, List.of(call));
    }

    private static List<CompletionEvent> tasks() {
        List<Choice> withoutText = List.of(choice(null, null, FinishReason.STOP.wireName(), null, null));
        return List.of(
                event(TEXT, withoutText, List.of(new CompletionEvent.Label("a", 0.5, -0.7)), null, null),
                event(TEXT, List.of(), null, Embedding.of(0.5f, -0.5f), null),
                event(TEXT, List.of(), null, null, List.of(new CompletionEvent.Ranked(0, 0.5))));
    }

    private static CompletionEvent completion(String object, Choice... choices) {
        return event(object, List.of(choices), null, null, null);
    }

    private static CompletionEvent event(
            String object,
            List<Choice> choices,
            @Nullable List<CompletionEvent.Label> labels,
            @Nullable Embedding embedding,
            @Nullable List<CompletionEvent.Ranked> ranking) {
        return new CompletionEvent(
                "sample",
                object,
                1,
                "m",
                choices,
                new CompletionEvent.Usage(1, 1, 2, new CompletionEvent.PromptTokensDetails(0)),
                "f",
                List.of(1),
                labels,
                null,
                embedding,
                ranking,
                "a");
    }
}
