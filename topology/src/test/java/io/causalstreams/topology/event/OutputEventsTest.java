package io.causalstreams.topology.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.Embedding;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.inference.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The events' bytes, held to golden files of the events' version. */
class OutputEventsTest {

    private static final ModelInfo MODEL = new ModelInfo("tiny", "0123456789abcdef", 64, 128, "fp32", true);
    private static final TokenLogprob HI =
            new TokenLogprob(5, "Hi", -0.5, 1, List.of(new TokenLogprob.Alternative(5, "Hi", -0.5)));
    private static final TokenLogprob UMLAUT = new TokenLogprob(
            9,
            " ü",
            Double.NEGATIVE_INFINITY,
            2,
            List.of(new TokenLogprob.Alternative(7, "!", -0.25), new TokenLogprob.Alternative(9, " ü", -2)));

    @Test
    void shouldReadACompletionWhoseEmptyListOfChoicesWasLeftOut() {
        byte[] json = "{\"id\":\"r\",\"error\":{\"code\":\"INVALID_REQUEST\",\"message\":\"why\"}}"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(EventJson.readCompletion(json).choices()).isEmpty();
    }

    @Test
    void shouldTellTheRoleInTheFirstChatChunkOnly() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.CHAT, true, 1_800_000_000L, MODEL);
        assertGolden(
                "token-chat-first.json",
                EventJson.write(events.token(
                        new GenerationEvent.TokenChunk(0, 0, List.of(5, 9), "Hi ü", List.of(HI, UMLAUT)), 0)));
        assertGolden(
                "token-chat-next.json",
                EventJson.write(events.token(new GenerationEvent.TokenChunk(0, 2, List.of(6), "", null), 4)));
    }

    @Test
    void shouldGiveTextCompletionsTheirOwnShape() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.TEXT, false, 1_800_000_000L, MODEL);
        assertGolden(
                "token-text.json",
                EventJson.write(events.token(
                        new GenerationEvent.TokenChunk(1, 3, List.of(5, 9), "Hi ü", List.of(HI, UMLAUT)), 7)));
        assertGolden(
                "completion-text.json",
                EventJson.write(events.completion(
                        finished(List.of(HI, UMLAUT), Arrays.asList(null, UMLAUT), FinishReason.LENGTH))));
    }

    @Test
    void shouldGiveChatCompletionsTheirOwnShape() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.CHAT, true, 1_800_000_000L, MODEL);
        assertGolden(
                "completion-chat.json",
                EventJson.write(events.completion(finished(List.of(HI, UMLAUT), null, FinishReason.STOP))));
    }

    @Test
    void shouldTellLabelsOfAClassification() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.CHAT, false, 1_800_000_000L, MODEL);
        GenerationEvent.Finished finished = new GenerationEvent.Finished(
                List.of(),
                new Usage(3, 0, 1),
                List.of(1, 2, 3),
                null,
                List.of(
                        new GenerationEvent.LabelScore("good", -0.1, 0.75),
                        new GenerationEvent.LabelScore("bad", -1.2, 0.25)));
        assertGolden("completion-classify.json", EventJson.write(events.completion(finished)));
    }

    @Test
    void shouldTellTheVectorOfAText() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.TEXT, false, 1_800_000_000L, MODEL);
        GenerationEvent.Finished finished = new GenerationEvent.Finished(
                List.of(new GenerationEvent.Choice(0, "", List.of(), FinishReason.STOP, null, null)),
                new Usage(3, 0, 0),
                List.of(1, 2, 3),
                null,
                null,
                Embedding.of(0.6f, -0.8f),
                null);
        CompletionEvent completion = events.completion(finished);
        assertGolden("completion-embed.json", EventJson.write(completion));
        assertThat(EventJson.readCompletion(EventJson.write(completion))).isEqualTo(completion);
    }

    @Test
    void shouldTellTheBestDocumentsFirstAndNoMoreThanAskedFor() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.TEXT, false, 1_800_000_000L, MODEL, 3, null);
        GenerationEvent.Finished finished = new GenerationEvent.Finished(
                List.of(new GenerationEvent.Choice(0, "", List.of(), FinishReason.STOP, null, null)),
                new Usage(3, 0, 0),
                List.of(),
                null,
                null,
                null,
                List.of(0.25, 0.125, 0.75, 0.25));
        assertGolden("completion-rerank.json", EventJson.write(events.completion(finished)));
    }

    @Test
    void shouldTellAnErrorWithWhatWasPublishedBeforeIt() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.CHAT, false, 1_800_000_000L, MODEL);
        CompletionEvent.Failure failure =
                new CompletionEvent.Failure(ErrorCode.INFERENCE_ERROR, "the model failed on it", null);
        assertGolden(
                "completion-error.json",
                EventJson.write(events.failure(
                        failure,
                        FinishReason.ERROR,
                        List.of(new OutputEvents.Partial("Hi ü", List.of(5, 9), null)),
                        0)));
    }

    @Test
    void shouldTellAnInvalidRequest() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.TEXT, false, 1_800_000_000L, MODEL);
        CompletionEvent.Failure failure =
                new CompletionEvent.Failure(ErrorCode.INVALID_REQUEST, "temperature is -1", "temperature");
        assertGolden(
                "completion-invalid.json", EventJson.write(events.failure(failure, FinishReason.ERROR, List.of(), 0)));
    }

    @Test
    void shouldTellAPassedDeadlineAndACancelAsErrorsToo() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.CHAT, false, 1_800_000_000L, MODEL);
        CompletionEvent late = events.completion(finished(null, null, FinishReason.DEADLINE_EXCEEDED));
        CompletionEvent cancelled = events.completion(finished(null, null, FinishReason.CANCELLED));
        assertThat(late.choices().get(0).finishReason()).isEqualTo("deadline_exceeded");
        assertThat(late.error()).extracting(e -> e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(cancelled.choices().get(0).finishReason()).isEqualTo("cancelled");
        assertThat(cancelled.error()).extracting(e -> e.code()).isEqualTo(ErrorCode.CANCELLED);
    }

    @Test
    void shouldReadBackWhatItWrote() {
        OutputEvents events = new OutputEvents("r-1", OutputEvents.Shape.TEXT, true, 1_800_000_000L, MODEL);
        CompletionEvent completion =
                events.completion(finished(List.of(HI, UMLAUT), Arrays.asList(null, UMLAUT), FinishReason.STOP));
        TokenEvent token = events.token(new GenerationEvent.TokenChunk(0, 0, List.of(5), "Hi", List.of(HI)), 0);
        assertThat(EventJson.readCompletion(EventJson.write(completion))).isEqualTo(completion);
        assertThat(EventJson.readToken(EventJson.write(token))).isEqualTo(token);
    }

    @Test
    void shouldIgnoreFieldsALaterVersionAdds() {
        String json = "{\"id\":\"r\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"new\":{},"
                + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\",\"new\":1},\"token_index\":4,\"token_count\":1,\"finish_reason\":null}]}";
        TokenEvent event = EventJson.readToken(json.getBytes(StandardCharsets.UTF_8));
        assertThat(event.choices().get(0).tokenIndex()).isEqualTo(4);
        assertThat(event.choices().get(0).content()).isEqualTo("x");
    }

    private static GenerationEvent.Finished finished(
            @Nullable List<TokenLogprob> logprobs,
            @Nullable List<@Nullable TokenLogprob> promptLogprobs,
            FinishReason reason) {
        return new GenerationEvent.Finished(
                List.of(new GenerationEvent.Choice(
                        0, "Hi ü", List.of(5, 9), reason, reason == FinishReason.STOP ? "END" : null, logprobs)),
                new Usage(3, 2, 1),
                List.of(1, 2, 9),
                promptLogprobs,
                null);
    }

    private static void assertGolden(String name, byte[] actual) {
        assertThat(new String(actual, StandardCharsets.UTF_8)).isEqualTo(golden(name));
    }

    private static String golden(String name) {
        try (InputStream in = OutputEventsTest.class.getResourceAsStream("/events/v1/" + name)) {
            return in == null
                    ? "no golden file " + name
                    : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
