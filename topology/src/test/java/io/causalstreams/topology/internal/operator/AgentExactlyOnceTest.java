package io.causalstreams.topology.internal.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.internal.answer.Calling;
import io.causalstreams.topology.internal.answer.Inquiry;
import io.causalstreams.topology.internal.answer.PerKey;
import io.causalstreams.topology.internal.answer.ToolBounds;
import io.causalstreams.topology.internal.journal.RememberBounds;
import io.causalstreams.topology.internal.journal.SessionBounds;
import io.causalstreams.topology.internal.request.Operator;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.telemetry.EngineMeters;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An agent's task that is stopped anywhere, without a broker. {@code -Dtest.seed=} repeats a run. */
class AgentExactlyOnceTest {
    private static final int ROUNDS = 3;

    private long resultMs = 1_000_000_000;
    private PerKey perKey = PerKey.INDEPENDENT;

    @Test
    void shouldGoOnAfterAKillBetweenAnyTwoEvents() {
        int events = happyRun(-1);
        for (int kill = 0; kill < events; kill++) {
            happyRun(kill);
        }
    }

    /** Runs one question to its answer, killed before event number {@code kill}; returns how many events it took. */
    private int happyRun(int kill) {
        AgentTask task = new AgentTask(List.of("q0"), this::operator);
        Set<String> answered = new HashSet<>();
        int event = 0;
        while (task.committedAnswers().isEmpty()) {
            if (event == kill) {
                task.crash();
            }
            switch (event % 4) {
                case 0 -> task.processQuestion();
                case 1 -> ((ScriptedEngine) task.engine()).step();
                case 2 -> task.punctuate();
                default -> {
                    answerOnce(task, answered);
                    task.processResult();
                }
            }
            event++;
            assertThat(event).as("events, killed before %d", kill).isLessThan(500);
        }
        assertEachOnce(task, 1);
        return event;
    }

    @ParameterizedTest
    @EnumSource
    void shouldCallAndAnswerOnceWhateverFails(PerKey order) {
        perKey = order;
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("AgentExactlyOnceTest: -Dtest.seed=" + seed);
        for (int run = 0; run < 60; run++) {
            randomRun(new Random(seed + run));
        }
    }

    private void randomRun(Random random) {
        // Given
        List<String> questions = IntStream.range(0, 1 + random.nextInt(5))
                .mapToObj(each -> "q" + each)
                .toList();
        AgentTask task = new AgentTask(questions, this::operator);
        Set<String> answered = new HashSet<>();
        // When
        for (int i = 0; i < 300; i++) {
            switch (random.nextInt(14)) {
                case 0, 1 -> task.processQuestion();
                case 2, 3, 4, 5 -> ((ScriptedEngine) task.engine()).step();
                case 6, 7, 8 -> task.punctuate();
                case 9, 10 -> task.processResult();
                case 11 -> {
                    answerOnce(task, answered);
                    repeatOne(task, random);
                }
                case 12 -> task.failAfter(random.nextInt(8));
                default -> {
                    if (random.nextBoolean()) {
                        task.crash();
                    } else {
                        task.commit();
                    }
                }
            }
        }
        task.failAfter(Integer.MAX_VALUE);
        for (int i = 0; i < 400; i++) {
            task.processQuestion();
            ((ScriptedEngine) task.engine()).step();
            task.punctuate();
            answerOnce(task, answered);
            task.processResult();
        }
        task.commit();
        // Then
        assertEachOnce(task, questions.size());
    }

    @Test
    void shouldEndByDeadlineAlsoWhenTheTaskMoved() {
        resultMs = 1_000;
        AgentTask task = new AgentTask(List.of("q0"), this::operator);
        task.processQuestion();
        int turns = 0;
        while (task.committedAnswers().isEmpty()) {
            ((ScriptedEngine) task.engine()).runAll();
            task.punctuate();
            if (turns++ % 30 == 29) {
                task.crash();
            }
            assertThat(turns).isLessThan(600);
        }
        String missing = "error: no result before the deadline";
        assertThat(task.committedAnswers())
                .containsExactly("q0: done [" + String.join(", ", List.of(missing, missing, missing)) + "]");
        assertThat(turns).isGreaterThan(ROUNDS * 100);
        assertThat(task.committedStore()).isEmpty();
    }

    private static void answerOnce(AgentTask task, Set<String> answered) {
        for (ToolCallEvent call : task.committedCalls()) {
            if (answered.add(call.conversation() + call.id())) {
                task.send(call.result("got " + call.arguments()));
            }
        }
    }

    /** Tools may answer at least once, and say something else the second time. */
    private static void repeatOne(AgentTask task, Random random) {
        List<ToolCallEvent> calls = task.committedCalls();
        if (!calls.isEmpty()) {
            task.send(calls.get(random.nextInt(calls.size())).result("again"));
        }
    }

    private void assertEachOnce(AgentTask task, int questions) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < questions; i++) {
            List<String> results = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                results.add("got {\"q\":\"q" + i + "\",\"round\":" + round + "}");
            }
            expected.add("q" + i + ": done [" + String.join(", ", results) + "]");
        }
        assertThat(task.committedAnswers()).containsExactlyInAnyOrderElementsOf(expected);
        if (perKey != PerKey.INDEPENDENT) {
            assertThat(task.committedAnswers()).isEqualTo(expected);
        }
        assertThat(task.committedCalls())
                .hasSize(questions * ROUNDS)
                .extracting(call -> call.conversation() + ":" + call.id())
                .doesNotHaveDuplicates();
        if (perKey != PerKey.CONVERSATION) {
            assertThat(task.committedStore()).isEmpty();
        }
    }

    private EnrichmentOperator<String, String, AgentOutput<String>> operator() {
        ScriptedEngine engine = ScriptedEngine.saying(AgentExactlyOnceTest::script);
        CompositeMeterRegistry meters = new CompositeMeterRegistry();
        OperatorTelemetry telemetry =
                new OperatorTelemetry("agent", engine, new EngineMeters(engine, meters), meters, OpenTelemetry.noop());
        return new EnrichmentOperator<>(
                "agent",
                new Operator(engine, settings(), telemetry),
                Inquiry.of(
                        AgentExactlyOnceTest::question,
                        (question, completion) -> new AgentOutput.Answer<>(question + ": "
                                + (completion.error() == null ? completion.content() : completion.error()))),
                Serdes.String(),
                Serdes.String(),
                perKey,
                EnrichmentOptions.DEFAULTS,
                new Calling<>(new ToolBounds(8, resultMs), AgentOutput.Call::new));
    }

    /** Calls {@value #ROUNDS} times, then says what it got. */
    private static String script(GenerationRequest request) {
        List<Message> all = ((Prompt.Chat) request.prompt()).messages();
        int question = all.stream().map(Message::role).toList().lastIndexOf("user");
        List<String> results = all.subList(question, all.size()).stream()
                .filter(each -> each.role().equals("tool"))
                .map(Message::text)
                .toList();
        return results.size() < ROUNDS
                ? "<tool_call> {\"name\": \"look\", \"arguments\": {\"q\":\""
                        + all.get(question).text() + "\",\"round\":" + results.size() + "}} </tool_call>"
                : "done " + results;
    }

    private static GenerationRequest question(String text) {
        return GenerationRequest.chat(text, 100)
                .withTools(new ToolChoice.Auto(), Tool.of("look", "Looks.", "{\"type\":\"object\"}"));
    }

    private static OperatorSettings settings() {
        return new OperatorSettings(
                10,
                1,
                0,
                0,
                2,
                1000,
                1_000_000,
                false,
                10_000,
                new RememberBounds(0, 0, 0),
                new SessionBounds(100, 100_000, 10, 1_000_000_000),
                false,
                1_000_000);
    }
}
