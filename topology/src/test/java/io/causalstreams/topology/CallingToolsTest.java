package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.event.ToolResultEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Agents: calls out, results in, and the answer that follows from them. */
@SuppressWarnings("NullAway.Init") // each test starts its own
class CallingToolsTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    private static final String KEY = "shelf";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<String, Object> settings = new HashMap<>(Map.of(
            "application.id",
            "app",
            "bootstrap.servers",
            "none:1",
            "default.key.serde",
            Serdes.StringSerde.class,
            "default.value.serde",
            Serdes.StringSerde.class));
    private ScriptedEngine engine = ScriptedEngine.saying("");
    private TopologyTestDriver driver;
    private TestInputTopic<String, String> questions;
    private TestInputTopic<String, byte[]> results;
    private TestOutputTopic<String, ToolCallEvent> calls;
    private TestOutputTopic<String, String> answers;

    @Test
    void shouldPublishACallAndAnswerWithItsResult() {
        // Given
        start(request -> resultsIn(request).isEmpty() ? call("lamp") : "There are " + resultsIn(request));
        // When
        questions.pipeInput(KEY, "How many lamps?");
        run();
        TestRecord<String, ToolCallEvent> published = calls.readRecord();
        result(published.value().result("7"));
        run();
        // Then
        ToolCallEvent call = published.value();
        assertThat(published.key()).isEqualTo(KEY);
        assertThat(call.conversation()).isEqualTo("causal-streams-enrich-questions-0-0");
        assertThat(call.name()).isEqualTo("stock");
        assertThat(call.arguments()).isEqualTo("{\"item\":\"lamp\"}");
        assertThat(Instant.parse(call.deadline())).isEqualTo(START.plusMillis(10 + 60_000));
        assertThat(header(published, "ce_type")).isEqualTo(ToolCallEvent.TYPE);
        assertThat(header(published, "ce_id")).isEqualTo(call.conversation() + ":" + call.id());
        assertThat(answers.readKeyValuesToList()).singleElement().satisfies(answer -> {
            assertThat(answer.key).isEqualTo(KEY);
            assertThat(answer.value).isEqualTo("How many lamps? There are [7]");
        });
        assertThat(calls.isEmpty()).isTrue();
        assertThat(journalEntries()).isZero();
    }

    @Test
    void shouldShowTheModelItsCallBeforeTheResult() {
        start(request -> resultsIn(request).isEmpty() ? "One moment. " + call("lamp") : "Seven.");
        questions.pipeInput(KEY, "How many lamps?");
        run();
        ToolCallEvent call = calls.readValue();
        result(call.result("7"));
        run();

        List<Message> asked = messages(engine.submitted().get(1));
        assertThat(asked).extracting(Message::role).containsExactly("user", "assistant", "tool");
        assertThat(asked.get(1).text()).isEqualTo("One moment.");
        assertThat(asked.get(1).toolCalls()).containsExactly(new Prompt.ToolCall(call.id(), "stock", call.arguments()));
        assertThat(asked.get(2).toolCallId()).isEqualTo(call.id());
        assertThat(asked.get(2).name()).isEqualTo("stock");
    }

    @Test
    void shouldWaitForAllCallsOfARoundAndKeepTheirOrder() {
        start(request -> resultsIn(request).isEmpty() ? call("lamp") + call("desk") : "Have " + resultsIn(request));
        questions.pipeInput(KEY, "?");
        run();
        List<ToolCallEvent> both = calls.readValuesToList();
        assertThat(both).hasSize(2).doesNotHaveDuplicates();

        result(both.get(1).result("2 desks"));
        run();
        assertThat(answers.isEmpty()).isTrue();
        result(both.get(0).result("1 lamp"));
        run();

        assertThat(answers.readValuesToList()).containsExactly("? Have [1 lamp, 2 desks]");
    }

    @Test
    void shouldCallAgainWhenAResultLeadsToAnotherCall() {
        List<String> items = List.of("lamp", "desk", "sofa");
        start(request -> resultsIn(request).size() < 3
                ? call(items.get(resultsIn(request).size()))
                : "Have " + resultsIn(request));
        questions.pipeInput(KEY, "?");
        for (String item : items) {
            run();
            result(calls.readValue().result(item + "s"));
        }
        run();
        assertThat(answers.readValuesToList()).containsExactly("? Have [lamps, desks, sofas]");
    }

    @Test
    void shouldTakeTheFirstResultOfACallOnly() {
        start(request -> switch (resultsIn(request).size()) {
            case 0 -> call("lamp") + call("desk");
            case 2 -> call("sofa");
            default -> "Have " + resultsIn(request);
        });
        questions.pipeInput(KEY, "?");
        run();
        List<ToolCallEvent> both = calls.readValuesToList();
        result(both.get(0).result("first"));
        result(both.get(0).result("again, while the other is missing"));
        result(both.get(1).result("second"));
        run();
        result(both.get(0).result("again, in the next round"));
        result(calls.readValue().result("third"));
        run();
        result(both.get(0).result("again, after the end"));

        assertThat(answers.readValuesToList()).containsExactly("? Have [first, second, third]");
        assertThat(counter("tool.results", "taken")).isEqualTo(3);
        assertThat(counter("tool.results", "dropped")).isEqualTo(3);
        assertThat(meters.get("causal.streams.tool.calls").counter().count()).isEqualTo(3);
    }

    @Test
    void shouldDropWhatIsNoResultOfAKnownCall() {
        start(request -> resultsIn(request).isEmpty() ? call("lamp") : "Have " + resultsIn(request));
        questions.pipeInput(KEY, "?");
        run();
        ToolCallEvent call = calls.readValue();
        for (String wrong : List.of(
                "nonsense",
                "\"text\"",
                "{}",
                "{\"conversation\":\"" + call.conversation() + "\",\"id\":\"other\",\"content\":\"x\"}",
                "{\"conversation\":\"other\",\"id\":\"" + call.id() + "\",\"content\":\"x\"}",
                "{\"conversation\":\"" + call.conversation() + "\",\"id\":\"" + call.id() + "\"}")) {
            results.pipeInput(KEY, wrong.getBytes(StandardCharsets.UTF_8));
        }
        results.pipeInput(KEY, null);
        run();
        assertThat(answers.isEmpty()).isTrue();
        assertThat(counter("tool.results", "dropped")).isEqualTo(7);

        results.pipeInput(
                KEY,
                ("{\"conversation\":\"" + call.conversation() + "\",\"id\":\"" + call.id()
                                + "\",\"content\":{\"lamps\":7}}")
                        .getBytes(StandardCharsets.UTF_8));
        run();
        assertThat(answers.readValue()).isEqualTo("? Have [{\"lamps\":7}]");
    }

    @Test
    void shouldGoOnWithoutAResultThatDoesNotComeInTime() {
        settings.put(CausalStreamsConfig.TOOL_RESULT_MS_CONFIG, 5_000);
        start(request -> resultsIn(request).isEmpty() ? call("lamp") + call("desk") : "Have " + resultsIn(request));
        questions.pipeInput(KEY, "?");
        run();
        List<ToolCallEvent> both = calls.readValuesToList();
        result(both.get(1).result("2 desks"));
        driver.advanceWallClockTime(Duration.ofSeconds(5));
        run();
        assertThat(answers.isEmpty()).isTrue();
        driver.advanceWallClockTime(Duration.ofMillis(20));
        run();

        assertThat(answers.readValue()).isEqualTo("? Have [error: no result before the deadline, 2 desks]");
        assertThat(counter("tool.results", "missing")).isEqualTo(1);
        result(both.get(0).result("too late"));
        assertThat(counter("tool.results", "dropped")).isEqualTo(1);
    }

    @Test
    void shouldEndAtTheDeadlineOfTheQuestion() {
        start(request -> call("lamp"), request -> request.withDeadline(START.plusSeconds(30)));
        questions.pipeInput(KEY, "?");
        run();
        assertThat(Instant.parse(calls.readValue().deadline())).isEqualTo(START.plusSeconds(30));
        driver.advanceWallClockTime(Duration.ofSeconds(31));

        assertThat(answers.readValue()).startsWith("? DEADLINE_EXCEEDED");
        assertThat(journalEntries()).isZero();
    }

    @Test
    void shouldMakeTheModelAnswerAfterTheLastRound() {
        settings.put(CausalStreamsConfig.TOOL_MAX_ROUNDS_CONFIG, 2);
        start(request -> choice(request) instanceof ToolChoice.None ? "Enough." : call("lamp"));
        questions.pipeInput(KEY, "?");
        for (int round = 0; round < 2; round++) {
            run();
            result(calls.readValue().result("none"));
        }
        run();
        assertThat(calls.isEmpty()).isTrue();
        assertThat(answers.readValue()).isEqualTo("? Enough.");
    }

    @Test
    void shouldNotHaveToCallAgainWhatHadToBeCalledOnce() {
        start(
                request -> resultsIn(request).isEmpty() ? call("lamp") : "Seven.",
                request -> request.withPrompt(new Prompt.Chat(
                        messages(request),
                        options(request).toBuilder()
                                .toolChoice(new ToolChoice.Required())
                                .build())));
        questions.pipeInput(KEY, "?");
        run();
        result(calls.readValue().result("7"));
        run();
        assertThat(engine.submitted())
                .extracting(CallingToolsTest::choice)
                .containsExactly(new ToolChoice.Required(), new ToolChoice.Auto());
    }

    @Test
    void shouldTellTheModelOfArgumentsThatAreNoObjectAndOfResultsThatAreTooLarge() {
        settings.put(CausalStreamsConfig.PROMPT_MAX_BYTES_CONFIG, 2_000);
        start(request -> switch (resultsIn(request).size()) {
            case 0 -> "<tool_call> {\"name\": \"stock\", \"arguments\": [1]} </tool_call>" + call("lamp");
            default -> resultsIn(request).toString();
        });
        questions.pipeInput(KEY, "?");
        run();
        result(calls.readValue().result("x".repeat(3_000)));
        run();
        assertThat(answers.readValue()).contains("3000 bytes", "at most 2000");
    }

    @Test
    void shouldKeepTheTurnsOfAConversationInOrderAroundItsCalls() {
        // Given
        start(request -> engine.submitted().size() == 1 ? call("lamp") : "Fine.", true);
        // When
        questions.pipeInput(KEY, "one");
        questions.pipeInput(KEY, "two");
        run();
        run();
        ToolCallEvent call = calls.readValue();
        assertThat(engine.submitted()).hasSize(1);
        result(call.result("7"));
        run();
        run();
        // Then
        assertThat(answers.readValuesToList()).containsExactly("one Fine.", "two Fine.");
        assertThat(messages(engine.submitted().get(2)))
                .extracting(Message::role)
                .containsExactly("user", "assistant", "tool", "assistant", "user");
    }

    @Test
    void shouldTakeMoreQuestionsWhileTheJournalIsFullOfThoseThatCall() {
        settings.put(CausalStreamsConfig.JOURNAL_MAX_ENTRIES_CONFIG, 1);
        settings.put(CausalStreamsConfig.OVERFLOW_CONFIG, "reject");
        start(request -> resultsIn(request).isEmpty() ? call("lamp") : "Have " + resultsIn(request));
        questions.pipeInput(KEY, "a");
        run();
        questions.pipeInput(KEY, "b");
        run();
        List<ToolCallEvent> both = calls.readValuesToList();
        assertThat(both).hasSize(2);
        both.forEach(call -> result(call.result("7")));
        run();
        assertThat(answers.readValuesToList()).containsExactly("a Have [7]", "b Have [7]");
    }

    @Test
    void shouldRefuseARecordWithoutAKeyForNoResultWouldFindItsTask() {
        start(request -> call("lamp"));
        questions.pipeInput(null, "?");
        run();
        assertThat(answers.readValue()).isEqualTo("? INVALID_REQUEST");
        assertThat(engine.submitted()).isEmpty();
    }

    @Test
    void shouldRefuseAnswersThatCannotCall() {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, ToolResultEvent> none = builder.stream("tool-results");
        Asked<String, String> asked = new CausalStreams(engine, settings)
                .ask(builder.<String, String>stream("questions"), question -> GenerationRequest.chat(question, 5))
                .callingTools("tool-calls", none);
        assertThatThrownBy(() -> asked.classify("a", "b")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> asked.extract(Item.class)).isInstanceOf(IllegalStateException.class);
    }

    record Item(String name) {}

    private void start(Function<GenerationRequest, String> script) {
        start(script, request -> request, false);
    }

    private void start(Function<GenerationRequest, String> script, boolean inConversation) {
        start(script, request -> request, inConversation);
    }

    private void start(
            Function<GenerationRequest, String> script, Function<GenerationRequest, GenerationRequest> asking) {
        start(script, asking, false);
    }

    private void start(
            Function<GenerationRequest, String> script,
            Function<GenerationRequest, GenerationRequest> asking,
            boolean inConversation) {
        engine = ScriptedEngine.saying(script);
        StreamsBuilder builder = new StreamsBuilder();
        CausalStreams causal = new CausalStreams(engine, settings, meters);
        Asked<String, String> asked = causal.ask(
                        builder.<String, String>stream("questions"), question -> asking.apply(question(question)))
                .callingTools(
                        "tool-calls",
                        builder.stream("tool-results", Consumed.with(Serdes.String(), ToolResultEvent.serde())));
        (inConversation ? asked.inConversation() : asked)
                .join(CallingToolsTest::joined)
                .to("answers");
        driver = new TopologyTestDriver(builder.build(), causal.configure(settings), START);
        questions = driver.createInputTopic("questions", new StringSerializer(), new StringSerializer());
        results = driver.createInputTopic("tool-results", new StringSerializer(), new ByteArraySerializer());
        calls = driver.createOutputTopic(
                "tool-calls", new StringDeserializer(), ToolCallEvent.serde().deserializer());
        answers = driver.createOutputTopic("answers", new StringDeserializer(), new StringDeserializer());
    }

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
        }
    }

    /** The engine ends what it has, and a punctuation takes it. */
    private void run() {
        engine.runAll();
        driver.advanceWallClockTime(Duration.ofMillis(10));
    }

    private void result(ToolResultEvent result) {
        results.pipeInput(KEY, ToolResultEvent.serde().serializer().serialize("tool-results", result));
    }

    private long journalEntries() {
        return driver.getKeyValueStore("causal-streams-enrich-journal").approximateNumEntries();
    }

    private double counter(String name, String outcome) {
        return meters.get("causal.streams." + name)
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static GenerationRequest question(String text) {
        return GenerationRequest.chat(text, 100)
                .withTools(new ToolChoice.Auto(), Tool.of("stock", "How many there are.", "{\"type\":\"object\"}"));
    }

    private static String call(String item) {
        return "<tool_call> {\"name\": \"stock\", \"arguments\": {\"item\":\"" + item + "\"}} </tool_call>";
    }

    private static List<Message> messages(GenerationRequest request) {
        return ((Prompt.Chat) request.prompt()).messages();
    }

    private static ChatOptions options(GenerationRequest request) {
        return ((Prompt.Chat) request.prompt()).options();
    }

    private static ToolChoice choice(GenerationRequest request) {
        return options(request).toolChoice();
    }

    /** Results behind the last question. */
    private static List<String> resultsIn(GenerationRequest request) {
        List<Message> all = messages(request);
        int last = all.stream().map(Message::role).toList().lastIndexOf("user");
        return all.subList(last, all.size()).stream()
                .filter(each -> each.role().equals("tool"))
                .map(Message::text)
                .collect(Collectors.toList());
    }

    private static String joined(String question, CompletionEvent answer) {
        return question + " "
                + (answer.error() == null ? answer.content() : answer.error().code());
    }

    private static String header(TestRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
