package io.causalstreams.topology;

import static io.causalstreams.topology.OperatorDriver.bytes;
import static io.causalstreams.topology.OperatorDriver.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.Prompt;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GenerationTopologyTest {

    private static final String OPERATOR = "causal-streams-generation";
    private static final String SUNNY = "It is sunny in Oslo.";
    private static final String CHAT = "{\"id\":\"r-1\",\"messages\":[{\"role\":\"user\",\"content\":\"Weather?\"}]%s}";

    private final ScriptedEngine engine = ScriptedEngine.saying(SUNNY);

    /** What is published of an answer, and when. */
    @Nested
    class Published {
        @Test
        void shouldPublishTokensAsTheyComeAndThenTheCompletion() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                // Given
                driver.send("k", CHAT.formatted(""));
                // When
                engine.step();
                driver.advance(10);
                List<TokenEvent> first = driver.tokenEvents();
                engine.runAll();
                driver.advance(10);
                // Then
                assertThat(first).hasSize(1);
                assertThat(first.get(0).choices().get(0).content()).isEqualTo("It");
                List<TokenEvent> rest = driver.tokenEvents();
                CompletionEvent completion = driver.completion();
                assertThat("It" + text(rest)).isEqualTo(SUNNY).isEqualTo(completion.content());
                assertThat(completion.usage().completionTokens()).isEqualTo(5);
                assertThat(completion.choices().get(0).finishReason()).isEqualTo("stop");
                assertThat(completion.created()).isEqualTo(OperatorDriver.START.getEpochSecond());
                assertThat(completion.error()).isNull();
                assertGapless(first, rest);
                assertThat(driver.deadLetters.isEmpty()).isTrue();
            }
        }

        @Test
        void shouldPassKeyHeadersAndTimestampToEveryOutput() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                // When
                driver.send("k", CHAT.formatted(""), Map.of("traceparent", "00-aa-bb-01"));
                engine.runAll();
                driver.advance(10);
                // Then
                TestRecord<byte[], byte[]> token = driver.tokens.readRecord();
                TestRecord<byte[], byte[]> completion = driver.completions.readRecord();
                assertThat(token.key()).isEqualTo(bytes("k")).isEqualTo(completion.key());
                assertThat(token.timestamp()).isEqualTo(OperatorDriver.START.toEpochMilli());
                assertThat(header(token.headers(), "traceparent")).isEqualTo("00-aa-bb-01");
                assertThat(header(token.headers(), "ce_id")).isEqualTo("r-1:0:0");
                assertThat(header(token.headers(), "ce_source")).isEqualTo("/app/scripted");
                assertThat(header(completion.headers(), "traceparent")).isEqualTo("00-aa-bb-01");
                assertThat(header(completion.headers(), "ce_id")).isEqualTo("r-1");
                assertThat(header(completion.headers(), "ce_type")).isEqualTo(CompletionEvent.TYPE);
                assertThat(header(token.headers(), "causal-streams-prompt"))
                        .isEqualTo("prompts-0-0")
                        .isEqualTo(header(completion.headers(), "causal-streams-prompt"));
            }
        }

        @Test
        void shouldNameARequestWithoutIdByItsCoordinatesAndTakeNullKeys() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                driver.send(null, "{\"prompt\":\"a\"}");
                driver.send(null, "{\"prompt\":\"b\"}", Map.of("ce_id", "from-header"));
                engine.runAll();
                driver.advance(10);
                assertThat(driver.completions.readRecord().key()).isNull();
                assertThat(driver.completion().id()).isEqualTo("from-header");
                assertThat(driver.tokenEvents()).extracting(TokenEvent::id).contains("prompts-0-0", "from-header");
            }
        }

        @Test
        void shouldPublishTheFirstTokenAtOnceAndTheOthersTogether() {
            Map<String, Object> settings = Map.of(
                    CausalStreamsConfig.TOKENS_PER_EVENT_CONFIG, 3, CausalStreamsConfig.MAX_DELAY_MS_CONFIG, 50L);
            try (OperatorDriver driver = new OperatorDriver(engine, settings)) {
                driver.send("k", CHAT.formatted(",\"logprobs\":true,\"return_token_ids\":true"));
                engine.step();
                driver.advance(10);
                assertThat(driver.tokenEvents()).hasSize(1);
                engine.step();
                driver.advance(40);
                assertThat(driver.tokenEvents()).isEmpty();
                engine.step();
                engine.step();
                driver.advance(10);
                TokenEvent.Choice three = driver.tokenEvents().get(0).choices().get(0);
                assertThat(three.tokenIndex()).isEqualTo(1);
                assertThat(three.tokenCount()).isEqualTo(3);
                assertThat(three.content()).isEqualTo(" is sunny in");
                assertThat(three.tokenIds()).hasSize(3);
                engine.step();
                driver.advance(10);
                assertThat(driver.tokenEvents().get(0).choices().get(0).tokenIndex())
                        .isEqualTo(4);
                assertThat(driver.completion().content()).isEqualTo(SUNNY);
            }
        }

        @Test
        void shouldPublishATokenThatWaitedLongEnough() {
            Map<String, Object> settings = Map.of(
                    CausalStreamsConfig.TOKENS_PER_EVENT_CONFIG, 100, CausalStreamsConfig.MAX_DELAY_MS_CONFIG, 50L);
            try (OperatorDriver driver = new OperatorDriver(engine, settings)) {
                driver.send("k", CHAT.formatted(""));
                engine.step();
                engine.step();
                driver.advance(10);
                driver.tokenEvents();
                engine.step();
                driver.advance(10);
                assertThat(driver.tokenEvents()).isEmpty();
                driver.advance(60);
                assertThat(driver.tokenEvents()).hasSize(1);
            }
        }

        @Test
        void shouldPublishNothingToTopicsThatAreSwitchedOff() {
            Map<String, Object> settings = Map.of(
                    CausalStreamsConfig.TOKENS_TOPIC_CONFIG, "", CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG, "");
            try (OperatorDriver driver = new OperatorDriver(engine, settings)) {
                driver.send("k", CHAT.formatted(""));
                driver.send("k", "{");
                engine.runAll();
                driver.advance(10);
                assertThat(driver.completion().content()).isEqualTo(SUNNY);
                assertThat(driver.tokens.isEmpty()).isTrue();
                assertThat(driver.deadLetters.isEmpty()).isTrue();
            }
        }

        @Test
        void shouldKeepChoicesApart() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                driver.send("k", CHAT.formatted(",\"n\":3"));
                engine.runAll();
                driver.advance(10);
                List<TokenEvent> events = driver.tokenEvents();
                CompletionEvent completion = driver.completion();
                for (int index = 0; index < 3; index++) {
                    int choice = index;
                    List<TokenEvent> ofChoice = events.stream()
                            .filter(e -> e.choices().get(0).index() == choice)
                            .toList();
                    assertThat(text(ofChoice)).isEqualTo(SUNNY);
                    assertGapless(ofChoice);
                    assertThat(completion.choices().get(choice).content()).isEqualTo(SUNNY);
                }
                assertThat(completion.usage().completionTokens()).isEqualTo(15);
            }
        }

        @Test
        void shouldClassifyWithoutTokens() {
            ScriptedEngine classifier = ScriptedEngine.saying("good").runAutomatically();
            try (OperatorDriver driver = new OperatorDriver(classifier)) {
                driver.send("k", CHAT.formatted(",\"task\":\"classify\",\"labels\":[\"good\",\"bad\"]"));
                driver.advance(10);
                assertThat(driver.completion().classification())
                        .extracting(label -> label.label())
                        .containsExactly("good", "bad");
                assertThat(driver.tokens.isEmpty()).isTrue();
            }
        }

        @Test
        void shouldEmbedAndRankWithoutTokens() {
            try (OperatorDriver driver =
                    new OperatorDriver(ScriptedEngine.saying("").runAutomatically())) {
                driver.send("k", "{\"task\":\"embed\",\"input\":\"rain in Oslo\",\"dimensions\":8}");
                driver.send(
                        "k",
                        "{\"task\":\"rerank\",\"query\":\"rain\",\"documents\":[\"sun\",\"rain today\"],\"top_n\":1}");
                driver.advance(10);
                List<CompletionEvent> completions = driver.completionEvents();
                assertThat(Objects.requireNonNull(completions.get(0).embedding())
                                .dimensions())
                        .isEqualTo(8);
                assertThat(completions.get(1).ranking())
                        .extracting(CompletionEvent.Ranked::index)
                        .containsExactly(1);
                assertThat(driver.tokens.isEmpty()).isTrue();
            }
        }

        @Test
        void shouldSurviveHalfASurrogatePair() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                driver.send("k", "{\"id\":\"a\\ud800\",\"prompt\":\"b\\udc00\"}");
                engine.runAll();
                driver.advance(10);
                assertThat(driver.completion().id()).isEqualTo("a?");
            }
        }
    }

    /** Records that are no request, and requests that cannot be run. */
    @Nested
    class BadInput {
        @Test
        void shouldSendUnreadableJsonToTheDeadLettersOnly() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                driver.send("k", "{not json", Map.of("h", "v"));
                TestRecord<byte[], byte[]> letter = driver.deadLetters.readRecord();
                assertThat(letter.value()).isEqualTo(bytes("{not json"));
                assertThat(letter.key()).isEqualTo(bytes("k"));
                assertThat(header(letter.headers(), "h")).isEqualTo("v");
                assertThat(header(letter.headers(), "__streams.errors.topic")).isEqualTo("prompts");
                assertThat(header(letter.headers(), "__streams.errors.partition"))
                        .isEqualTo("0");
                assertThat(header(letter.headers(), "__streams.errors.offset")).isEqualTo("0");
                assertThat(header(letter.headers(), "__streams.errors.exception"))
                        .contains("UnreadablePromptException");
                assertThat(driver.completions.isEmpty()).isTrue();
            }
        }

        @Test
        void shouldReportToWhoeverWaitsThatARequestIsInvalid() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                driver.send("k", CHAT.formatted(",\"temperature\":-1"));
                assertThat(driver.completion().error()).satisfies(error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(error.param()).isEqualTo("temperature");
                });
                assertThat(driver.deadLetters.readRecord().value())
                        .isEqualTo(bytes(CHAT.formatted(",\"temperature\":-1")));
                assertThat(engine.submitted()).isEmpty();
            }
        }

        @Test
        void shouldReportThatThePromptIsTooLongForTheEngine() {
            engine.withValidation(request -> {
                throw new GenerationException.Invalid("messages", "5120 tokens, the context holds 4096");
            });
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                driver.send("k", CHAT.formatted(""));
                assertThat(driver.completion().error())
                        .extracting(e -> e.param())
                        .isEqualTo("messages");
                assertThat(driver.deadLetters.getQueueSize()).isEqualTo(1);
            }
        }

        @Test
        void shouldRefuseOversizedPromptsUpFront() {
            try (OperatorDriver driver =
                    new OperatorDriver(engine, Map.of(CausalStreamsConfig.PROMPT_MAX_BYTES_CONFIG, 50))) {
                driver.send("k", CHAT.formatted(""));
                assertThat(driver.completion().error())
                        .extracting(e -> e.message())
                        .asString()
                        .contains("causal.streams.prompt.max.bytes");
            }
        }
    }

    /** Requests that the engine does not finish. */
    @Nested
    class Failures {
        @Test
        void shouldKeepTheFactsWhenTheEngineFailsInTheMiddle() {
            engine.failing("r-1", 3, new GenerationException.Failed("out of memory", null));
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                // Given
                driver.send("k", "{\"prompt\":\"another\"}");
                driver.send("k", CHAT.formatted(""), Map.of("h", "v"));
                // When
                engine.runAll();
                driver.advance(10);
                // Then
                CompletionEvent failed = driver.completionEvents().stream()
                        .filter(each -> each.id().equals("r-1"))
                        .findFirst()
                        .orElseThrow();
                assertThat(failed.error()).extracting(e -> e.code()).isEqualTo(ErrorCode.INFERENCE_ERROR);
                assertThat(failed.choices().get(0).finishReason()).isEqualTo("error");
                assertThat(failed.content()).isEqualTo("It is sunny");
                assertThat(failed.usage().completionTokens()).isEqualTo(3);
                TestRecord<byte[], byte[]> letter = driver.deadLetters.readRecord();
                assertThat(letter.value()).isEqualTo(bytes(CHAT.formatted("")));
                assertThat(letter.key()).isEqualTo(bytes("k"));
                assertThat(header(letter.headers(), "h")).isEqualTo("v");
                assertThat(header(letter.headers(), "__streams.errors.offset")).isEqualTo("1");
                assertThat(header(letter.headers(), "__streams.errors.message")).isEqualTo("out of memory");
            }
        }

        @Test
        void shouldCallAnUnexpectedExceptionOfTheEngineAnInferenceError() {
            ScriptedEngine broken = ScriptedEngine.saying(request -> {
                throw new IllegalStateException("bug");
            });
            try (OperatorDriver driver = new OperatorDriver(broken)) {
                driver.send("k", CHAT.formatted(""));
                driver.advance(10);
                assertThat(driver.completion().error())
                        .extracting(e -> e.code())
                        .isEqualTo(ErrorCode.INFERENCE_ERROR);
            }
        }

        @Test
        void shouldCountThePromptOfRequestsThatTheEngineDidNotFinish() {
            Map<String, Object> settings = Map.of(
                    CausalStreamsConfig.OVERFLOW_CONFIG,
                    "reject",
                    CausalStreamsConfig.JOURNAL_MAX_ENTRIES_CONFIG,
                    2,
                    CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG,
                    1);
            engine.failing("broken", 1, new GenerationException.Failed("one bad step", null));
            try (OperatorDriver driver = new OperatorDriver(engine, settings)) {
                // Given: one runs, one waits, one is refused
                driver.send("k", "{\"id\":\"runs\",\"prompt\":\"one two three\"}");
                driver.send(
                        "k",
                        "{\"id\":\"waits\",\"prompt\":\"one two\",\"deadline\":"
                                + (OperatorDriver.START.getEpochSecond() + 2) + "}");
                driver.send("k", "{\"id\":\"rejected\",\"prompt\":\"one two three four\"}");
                engine.step();
                driver.advance(2100);
                // When
                driver.send("k", null);
                driver.send("k", "{\"id\":\"broken\",\"prompt\":\"one\"}");
                engine.runAll();
                driver.advance(10);
                engine.withValidation(request -> {
                    throw new GenerationException.Invalid("prompt", "too long");
                });
                driver.send("k", "{\"id\":\"long\",\"prompt\":\"a b c d e\"}");
                // Then
                assertThat(driver.completionEvents())
                        .extracting(
                                CompletionEvent::id,
                                each -> each.usage().promptTokens(),
                                each -> each.usage().totalTokens())
                        .containsExactly(
                                tuple("rejected", 4, 4),
                                tuple("waits", 2, 2),
                                tuple("runs", 3, 4),
                                tuple("broken", 1, 2),
                                tuple("long", 5, 5));
            }
        }

        @Test
        void shouldSendADeadLetterForWhatTheEngineEndedEarly() {
            ScriptedEngine late = ScriptedEngine.saying(SUNNY).endingAtDeadline("r-1", 2);
            try (OperatorDriver driver = new OperatorDriver(late)) {
                driver.send("k", CHAT.formatted(""));
                late.runAll();
                driver.advance(10);
                CompletionEvent completion = driver.completion();
                assertThat(completion.content()).isEqualTo("It is");
                assertThat(completion.choices().get(0).finishReason()).isEqualTo("deadline_exceeded");
                assertThat(completion.error()).extracting(e -> e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
                assertThat(driver.deadLetters.readValue()).isEqualTo(bytes(CHAT.formatted("")));
            }
        }
    }

    /** The same id again. */
    @Nested
    class SameId {
        @Test
        void shouldRunTheSameIdOnceAndAnswerItAgainFromMemory() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                // Given
                driver.send("k", CHAT.formatted(""));
                driver.send("k", CHAT.formatted(""));
                engine.runAll();
                driver.advance(10);
                byte[] answer = driver.completions.readValue();
                // When
                driver.send("other", CHAT.formatted(""));
                driver.advance(10);
                // Then
                TestRecord<byte[], byte[]> again = driver.completions.readRecord();
                assertThat(again.value()).isEqualTo(answer);
                assertThat(again.key()).isEqualTo(bytes("other"));
                assertThat(driver.completions.isEmpty()).isTrue();
                assertThat(engine.submitted()).hasSize(1);
            }
        }

        @Test
        void shouldForgetAnswersAfterAWhileOrWhenThereAreTooMany() {
            engine.runAutomatically();
            Map<String, Object> settings = Map.of(
                    CausalStreamsConfig.REMEMBER_MS_CONFIG, 1000L, CausalStreamsConfig.REMEMBER_MAX_ENTRIES_CONFIG, 2);
            try (OperatorDriver driver = new OperatorDriver(engine, settings)) {
                for (String id : List.of("a", "b", "c", "a", "c")) {
                    driver.send("k", "{\"id\":\"" + id + "\",\"prompt\":\"x\"}");
                    driver.advance(10);
                }
                assertThat(engine.submitted()).extracting(r -> r.id()).containsExactly("a", "b", "c", "a");
                driver.advance(1100);
                driver.send("k", "{\"id\":\"c\",\"prompt\":\"x\"}");
                assertThat(engine.submitted()).hasSize(5);
            }
        }
    }

    /** Requests whose answers a topic does not take. */
    @Nested
    class Refused {
        private static final String PROMPT = "{\"id\":\"r-1\",\"prompt\":\"x\"}";

        @Test
        void shouldEndAsADeadLetterWithoutACompletionWhereThatWasRefused() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                // When
                driver.refuse(OutputEvent.Kind.COMPLETION, "r-1", "completions");
                driver.send("k", PROMPT);
                // Then
                TestRecord<byte[], byte[]> letter = driver.deadLetters.readRecord();
                assertThat(letter.value()).isEqualTo(bytes(PROMPT));
                assertThat(header(letter.headers(), "__streams.errors.message"))
                        .isEqualTo("topic completions refuses its answer: too large; send a request it takes, or change"
                                + " its max.message.bytes (or causal.streams.record.max.bytes)");
                assertThat(driver.completions.isEmpty()).isTrue();
                assertThat(engine.submitted()).isEmpty();
                driver.advance(1000);
                driver.send("k", PROMPT.replace("r-1", "r-2"));
                assertThat(engine.submitted()).hasSize(1);
            }
        }

        @Test
        void shouldTellByACompletionThatTokensWereRefused() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                driver.refuse(OutputEvent.Kind.TOKENS, "r-1", "tokens");
                driver.send("k", PROMPT);
                assertThat(driver.completion().error()).satisfies(error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(error.message()).startsWith("request r-1: topic tokens refuses its answer: too large");
                });
                assertThat(driver.deadLetters.readRecordsToList()).hasSize(1);
            }
        }

        @Test
        void shouldEndWhatCannotBeTakenAsADeadLetterToo() {
            try (OperatorDriver driver =
                    new OperatorDriver(engine, Map.of(CausalStreamsConfig.PROMPT_MAX_BYTES_CONFIG, 1024))) {
                driver.refuse(OutputEvent.Kind.COMPLETION, "r-1", "completions");
                driver.send("k", "{\"id\":\"r-1\",\"prompt\":\"" + "x".repeat(2000) + "\"}");
                driver.send("k", "{\"id\":\"r-1\"}");
                assertThat(driver.deadLetters.readRecordsToList()).hasSize(2);
                assertThat(driver.completions.isEmpty()).isTrue();
            }
        }
    }

    /** Requests that are not wanted any more. */
    @Nested
    class Cancelled {
        @Test
        void shouldCancelByTombstoneWithWhatWasPublishedSoFar() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                // Given
                driver.send("k", CHAT.formatted(""));
                engine.step();
                engine.step();
                driver.advance(10);
                // When
                driver.send("k", null);
                driver.advance(10);
                // Then
                CompletionEvent cancelled = driver.completion();
                assertThat(engine.cancelled()).containsExactly("r-1");
                assertThat(cancelled.choices().get(0).finishReason()).isEqualTo("cancelled");
                assertThat(cancelled.error()).extracting(e -> e.code()).isEqualTo(ErrorCode.CANCELLED);
                assertThat(cancelled.content()).isEqualTo("It is").isEqualTo(text(driver.tokenEvents()));
                assertThat(cancelled.usage().completionTokens()).isEqualTo(2);
                assertThat(driver.deadLetters.isEmpty()).isTrue();
            }
        }

        @Test
        void shouldCancelByHeader() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                driver.send("k", CHAT.formatted(""));
                driver.send(null, null, Map.of("causal-streams-cancel", "r-1"));
                assertThat(driver.completion().choices().get(0).finishReason()).isEqualTo("cancelled");
                assertThat(engine.running()).isEmpty();
            }
        }

        @Test
        void shouldReportACancelThatFindsNothingWhereItArrives() {
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                // When
                driver.send("k", CHAT.formatted(""));
                driver.send("other", "x", Map.of("causal-streams-cancel", "elsewhere"));
                driver.send("unknown", null);
                driver.send(null, null);
                // Then
                assertThat(driver.completions.isEmpty()).isTrue();
                TestRecord<byte[], byte[]> byId = driver.deadLetters.readRecord();
                assertThat(byId.key()).isEqualTo(bytes("other"));
                assertThat(byId.value()).isEqualTo(bytes("x"));
                assertThat(header(byId.headers(), "causal-streams-cancel")).isEqualTo("elsewhere");
                assertThat(header(byId.headers(), "__streams.errors.message"))
                        .isEqualTo(
                                "no request elsewhere in partition 0 of prompts: it has ended, or its prompt is in"
                                        + " another partition; send the cancel with the key of the prompt, or to its partition");
                TestRecord<byte[], byte[]> byKey = driver.deadLetters.readRecord();
                assertThat(byKey.key()).isEqualTo(bytes("unknown"));
                assertThat(byKey.value()).isNull();
                assertThat(header(byKey.headers(), "__streams.errors.message"))
                        .startsWith("no request with this key in partition 0");
                assertThat(driver.deadLetters.isEmpty()).isTrue();
                assertThat(driver.meters
                                .counter("causal.streams.missed.cancels", "operator", OPERATOR)
                                .count())
                        .isEqualTo(2);
            }
        }

        @Test
        void shouldNotReportACancelThatOnlyComesLate() {
            try (OperatorDriver driver =
                    new OperatorDriver(engine, Map.of(CausalStreamsConfig.REMEMBER_MS_CONFIG, 0))) {
                driver.send("k", CHAT.formatted(""));
                driver.send("invalid", "{\"id\":\"r-2\"}");
                engine.runAll();
                driver.advance(10);
                assertThat(driver.deadLetters.readRecordsToList()).hasSize(1);
                driver.send("k", null);
                driver.send("invalid", null);
                driver.send("k", null, Map.of("causal-streams-cancel", "r-1"));
                assertThat(driver.deadLetters.isEmpty()).isTrue();
            }
        }

        @Test
        void shouldCancelARequestThatWaits() {
            try (OperatorDriver driver =
                    new OperatorDriver(engine, Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 1))) {
                driver.send("a", "{\"id\":\"a\",\"prompt\":\"x\"}");
                driver.send("b", "{\"id\":\"b\",\"prompt\":\"x\"}");
                driver.send("b", null);
                assertThat(driver.completion().id()).isEqualTo("b");
                engine.runAll();
                driver.advance(10);
                assertThat(driver.completion().id()).isEqualTo("a");
                assertThat(engine.submitted()).hasSize(1);
            }
        }
    }

    /** Requests that wait for the engine. */
    @Nested
    class Waiting {
        @Test
        void shouldKeepRequestsTheEngineIsTooBusyForAndRunThemInOrderOfPriorityAndArrival() {
            engine.withCapacity(1);
            try (OperatorDriver driver = new OperatorDriver(engine)) {
                // Given
                for (String id : List.of("a", "b", "c")) {
                    driver.send("k", "{\"id\":\"" + id + "\",\"prompt\":\"x\"}");
                }
                driver.send("k", "{\"id\":\"urgent\",\"prompt\":\"x\",\"priority\":-1}");
                // When
                for (int i = 0; i < 20; i++) {
                    engine.runAll();
                    driver.advance(100);
                }
                // Then
                assertThat(driver.completionEvents())
                        .extracting(CompletionEvent::id)
                        .containsExactly("a", "urgent", "b", "c");
            }
        }

        @Test
        void shouldEndAWaitingRequestWhoseDeadlinePassed() {
            try (OperatorDriver driver =
                    new OperatorDriver(engine, Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 1))) {
                driver.send("a", "{\"id\":\"a\",\"prompt\":\"x\"}");
                String late = "{\"id\":\"b\",\"prompt\":\"x\",\"deadline\":"
                        + (OperatorDriver.START.getEpochSecond() + 2) + "}";
                driver.send("b", late);
                driver.advance(1900);
                assertThat(driver.completions.isEmpty()).isTrue();
                driver.advance(200);
                CompletionEvent completion = driver.completion();
                assertThat(completion.choices().get(0).finishReason()).isEqualTo("deadline_exceeded");
                assertThat(completion.error()).extracting(e -> e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
                assertThat(driver.deadLetters.readValue()).isEqualTo(bytes(late));
            }
        }

        @Test
        void shouldRejectBeyondTheJournalsBoundsWhereConfigured() {
            Map<String, Object> settings = Map.of(
                    CausalStreamsConfig.OVERFLOW_CONFIG, "reject", CausalStreamsConfig.JOURNAL_MAX_ENTRIES_CONFIG, 2);
            try (OperatorDriver driver = new OperatorDriver(engine, settings)) {
                for (String id : List.of("a", "b", "c")) {
                    driver.send("k", "{\"id\":\"" + id + "\",\"prompt\":\"x\"}");
                }
                CompletionEvent rejected = driver.completion();
                assertThat(rejected.id()).isEqualTo("c");
                assertThat(rejected.error()).extracting(e -> e.code()).isEqualTo(ErrorCode.REJECTED);
                engine.runAll();
                driver.advance(10);
                driver.send("k", "{\"id\":\"c\",\"prompt\":\"x\"}");
                assertThat(engine.running()).containsExactly("c");
            }
        }

        @Test
        void shouldLeaveNothingInTheJournalWhenAllIsPublished() {
            engine.failing("b", 2, new GenerationException.Failed("bad luck", null));
            try (OperatorDriver driver =
                    new OperatorDriver(engine, Map.of(CausalStreamsConfig.REMEMBER_MS_CONFIG, 0L))) {
                for (String id : List.of("a", "b", "c")) {
                    driver.send(id, "{\"id\":\"" + id + "\",\"prompt\":\"x\"}");
                }
                engine.step();
                driver.advance(10);
                driver.send("c", null);
                engine.runAll();
                driver.advance(10);
                assertThat(driver.completionEvents()).hasSize(3);
                try (var all =
                        driver.driver.getKeyValueStore("causal-streams-journal").all()) {
                    assertThat(all.hasNext()).isFalse();
                }
            }
        }
    }

    /** Records within the size that the broker takes. */
    @Nested
    class RecordSize {
        @Test
        void shouldLeaveOutLogprobsThatNoRecordHolds() {
            Map<String, Object> settings = Map.of(CausalStreamsConfig.RECORD_MAX_BYTES_CONFIG, 70_000);
            try (OperatorDriver driver = new OperatorDriver(engine, settings)) {
                driver.send("k", "{\"prompt\":\"" + "word ".repeat(2000) + "\",\"prompt_logprobs\":0}");
                engine.runAll();
                driver.advance(10);
                CompletionEvent completion = driver.completion();
                assertThat(completion.content()).isEqualTo(SUNNY);
                assertThat(completion.choices().get(0).promptLogprobs()).isNull();
                assertThat(completion.error()).extracting(e -> e.param()).isEqualTo("prompt_logprobs");
            }
        }

        @Test
        void shouldKeepEveryRecordWithinTheSizeTheBrokerTakes() {
            int limit = 70_000;
            Map<String, Object> settings = Map.of(
                    CausalStreamsConfig.RECORD_MAX_BYTES_CONFIG,
                    limit,
                    CausalStreamsConfig.PROMPT_MAX_BYTES_CONFIG,
                    60_000);
            try (OperatorDriver driver = new OperatorDriver(engine, settings)) {
                // Given: a large value, a large header, a large key
                String large = "x".repeat(69_900);
                driver.send("k", "{\"id\":\"a\",\"prompt\":\"" + large + "\"}");
                driver.send("k", "{\"id\":\"b\",\"prompt\":\"x\"}", Map.of("h", large));
                driver.send(large, "{\"id\":\"c\",\"prompt\":\"x\"}");
                // When
                List<TestRecord<byte[], byte[]>> published = new ArrayList<>(driver.completions.readRecordsToList());
                List<TestRecord<byte[], byte[]>> letters = driver.deadLetters.readRecordsToList();
                published.addAll(letters);
                // Then
                assertThat(published)
                        .hasSize(6)
                        .allSatisfy(record -> assertThat(sizeOf(record)).isLessThanOrEqualTo(limit));
                assertThat(header(letters.get(0).headers(), "causal-streams-truncated-bytes"))
                        .isEqualTo("69922");
                assertThat(letters.get(1).value()).isEqualTo(bytes("{\"id\":\"b\",\"prompt\":\"x\"}"));
                assertThat(engine.submitted()).isEmpty();
            }
        }
    }

    /** Turns of a conversation. */
    @Nested
    class InConversation {
        @Test
        void shouldContinueAConversationTurnByTurn() {
            // Given
            ScriptedEngine parrot = ScriptedEngine.saying(
                    request -> "turn " + request.prompt().toString().split("role=user", -1).length);
            try (OperatorDriver driver = new OperatorDriver(parrot)) {
                String turn =
                        "{\"id\":\"%s\",\"session_id\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";
                driver.send("k", turn.formatted("a", "one"));
                driver.send("k", turn.formatted("b", "two"));
                assertThat(parrot.running()).containsExactly("a");
                // When
                for (int i = 0; i < 4; i++) {
                    parrot.runAll();
                    driver.advance(10);
                }
                // Then
                assertThat(parrot.submitted().get(1).prompt())
                        .isEqualTo(new Prompt.Chat(List.of(
                                new Prompt.Message("user", "one"),
                                new Prompt.Message("assistant", "turn 2"),
                                new Prompt.Message("user", "two"))));
                assertThat(driver.completionEvents())
                        .extracting(CompletionEvent::content)
                        .containsExactly("turn 2", "turn 3");
            }
        }

        @Test
        void shouldForgetTheOldestTurnsThatDoNotFitTheContext() {
            ScriptedEngine small = ScriptedEngine.saying("ok").withValidation(request -> {
                if (((Prompt.Chat) request.prompt()).messages().size() > 4) {
                    throw new GenerationException.Invalid("messages", "too long");
                }
            });
            try (OperatorDriver driver = new OperatorDriver(small)) {
                for (String id : List.of("a", "b", "c", "d")) {
                    driver.send(
                            "k",
                            "{\"id\":\"" + id
                                    + "\",\"session_id\":\"s\",\"messages\":[{\"role\":\"system\",\"content\":\"S\"},"
                                    + "{\"role\":\"user\",\"content\":\"" + id + "\"}]}");
                    small.runAll();
                    driver.advance(10);
                }
                assertThat(driver.completionEvents()).hasSize(4).allMatch(each -> each.error() == null);
                assertThat(((Prompt.Chat) small.submitted().get(3).prompt()).messages())
                        .extracting(Prompt.Message::text)
                        .containsExactly("S", "c", "ok", "d");
            }
        }
    }

    private static long sizeOf(TestRecord<byte[], byte[]> record) {
        long size = (long) record.value().length + (record.key() == null ? 0 : record.key().length);
        for (Header header : record.headers()) {
            size += header.key().length() + header.value().length;
        }
        return size;
    }

    private static String text(List<TokenEvent> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event.choices().get(0).content()));
        return text.toString();
    }

    @SafeVarargs
    private static void assertGapless(List<TokenEvent>... parts) {
        int next = 0;
        for (List<TokenEvent> part : parts) {
            for (TokenEvent event : part) {
                assertThat(event.choices().get(0).tokenIndex()).isEqualTo(next);
                next += event.choices().get(0).tokenCount();
            }
        }
    }
}
