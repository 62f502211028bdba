package io.causalstreams.topology.internal.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.adapter.AdapterCatalog;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.internal.answer.Inquiry;
import io.causalstreams.topology.internal.answer.PerKey;
import io.causalstreams.topology.internal.journal.RememberBounds;
import io.causalstreams.topology.internal.journal.SessionBounds;
import io.causalstreams.topology.internal.request.Budget;
import io.causalstreams.topology.internal.request.Operator;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.request.Policies;
import io.causalstreams.topology.internal.request.Retries;
import io.causalstreams.topology.internal.telemetry.EngineMeters;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is kept of answers and of their cost is in the transaction of the answer, whenever the task dies. */
class PoliciesExactlyOnceTest {

    private static final int CONTENTS = 3;

    @Test
    void shouldAnswerEachOnceAndChargeEachContentOnceWhateverFails() {
        // Given: the same without faults
        List<String> questions =
                IntStream.range(0, 8).mapToObj(each -> "q" + each % CONTENTS).toList();
        AgentTask undisturbed = new AgentTask(questions, PoliciesExactlyOnceTest::operator);
        finish(undisturbed);
        byte[] spent = spent(undisturbed);
        assertThat(undisturbed.committedAnswers()).containsExactlyInAnyOrderElementsOf(answers(questions));
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("PoliciesExactlyOnceTest: -Dtest.seed=" + seed);
        for (int run = 0; run < 80; run++) {
            // When
            Random random = new Random(seed + run);
            AgentTask task = new AgentTask(questions, PoliciesExactlyOnceTest::operator);
            disturb(task, random);
            finish(task);
            // Then
            assertThat(task.committedAnswers())
                    .as("run " + run)
                    .containsExactlyInAnyOrderElementsOf(answers(questions));
            assertThat(spent(task)).as("run " + run).isEqualTo(spent);
            assertThat(task.committedStore()).as("run " + run).hasSize(CONTENTS + 1);
        }
    }

    /** The form changes all the time; who asks for one reads that one, also in another process. */
    @Test
    void shouldReadAnAnswerByTheFormItWasAskedFor() {
        List<String> questions =
                IntStream.range(0, 8).mapToObj(each -> "q" + each).toList();
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("PoliciesExactlyOnceTest: -Dtest.seed=" + seed);
        for (int run = 0; run < 60; run++) {
            AtomicInteger versions = new AtomicInteger();
            AgentTask task = new AgentTask(questions, () -> operator(new Versioned(versions), false));
            disturb(task, new Random(seed + run));
            finish(task);
            assertThat(task.committedAnswers())
                    .as("run " + run)
                    .hasSize(questions.size())
                    .allSatisfy(each -> assertThat(each).matches("q\\d asked for (v\\d+), read by \\1"));
        }
    }

    private static void disturb(AgentTask task, Random random) {
        for (int i = 0; i < 150; i++) {
            switch (random.nextInt(10)) {
                case 0, 1 -> task.processQuestion();
                case 2, 3, 4 -> ((ScriptedEngine) task.engine()).step();
                case 5, 6, 7 -> task.punctuate();
                case 8 -> task.failAfter(random.nextInt(6));
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
    }

    private static void finish(AgentTask task) {
        for (int i = 0; i < 200; i++) {
            task.processQuestion();
            ((ScriptedEngine) task.engine()).step();
            task.punctuate();
        }
        task.commit();
    }

    private static byte[] spent(AgentTask task) {
        List<byte[]> all = new ArrayList<>();
        for (Map.Entry<Bytes, byte[]> each : task.committedStore().entrySet()) {
            if (each.getKey().get()[0] == 'b') {
                all.add(each.getValue());
            }
        }
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private static List<String> answers(List<String> questions) {
        return questions.stream().map(each -> each + ": " + "GOOD " + each).toList();
    }

    private static EnrichmentOperator<String, String, AgentOutput<String>> operator() {
        return operator(new Checked(), true);
    }

    private static EnrichmentOperator<String, String, AgentOutput<String>> operator(
            Inquiry<String, AgentOutput<String>> inquiry, boolean kept) {
        ScriptedEngine engine = ScriptedEngine.saying(PoliciesExactlyOnceTest::script);
        CompositeMeterRegistry meters = new CompositeMeterRegistry();
        OperatorTelemetry telemetry =
                new OperatorTelemetry("agent", engine, new EngineMeters(engine, meters), meters, OpenTelemetry.noop());
        Policies policies = new Policies(Retries.NONE, new Budget(1_000_000, 1, 1), null);
        return new EnrichmentOperator<>(
                "agent",
                new Operator(engine, settings(), telemetry, AdapterCatalog.none(), policies),
                inquiry,
                Serdes.String(),
                Serdes.String(),
                PerKey.INDEPENDENT,
                new EnrichmentOptions(1, 0, kept),
                null);
    }

    private static String script(GenerationRequest request) {
        if (request.sampling().constraint() instanceof OutputConstraint.Regex version) {
            return "asked for " + version.pattern();
        }
        List<Message> messages = ((Prompt.Chat) request.prompt()).messages();
        return (messages.size() == 1 ? "bad " : "GOOD ") + messages.get(0).text();
    }

    /** Its form is another whenever a record arrives. */
    private record Versioned(AtomicInteger versions) implements Inquiry<String, AgentOutput<String>> {

        @Override
        public String form() {
            return "v" + versions.incrementAndGet();
        }

        @Override
        public GenerationRequest request(String value, @Nullable String form) {
            GenerationRequest asked = GenerationRequest.chat(value, 10);
            return asked.withSampling(asked.sampling().toBuilder()
                    .constraint(new OutputConstraint.Regex(String.valueOf(form)))
                    .build());
        }

        @Override
        public AgentOutput<String> join(String value, CompletionEvent completion, @Nullable String form) {
            return new AgentOutput.Answer<>(value + " " + completion.content() + ", read by " + form);
        }
    }

    /** Each answer is refused the first time. */
    private record Checked() implements Inquiry<String, AgentOutput<String>> {

        @Override
        public @Nullable String form() {
            return null;
        }

        @Override
        public GenerationRequest request(String value, @Nullable String form) {
            return GenerationRequest.chat(value, 10);
        }

        @Override
        public AgentOutput<String> join(String value, CompletionEvent completion, @Nullable String form) {
            return new AgentOutput.Answer<>(value + ": " + completion.content());
        }

        @Override
        public @Nullable String objection(String value, CompletionEvent completion) {
            return completion.content().startsWith("GOOD") ? null : "say that it is GOOD";
        }
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
                new RememberBounds(3_600_000, 100, 1_000_000),
                new SessionBounds(100, 100_000, 10, 1_000_000_000),
                false,
                1_000_000);
    }
}
