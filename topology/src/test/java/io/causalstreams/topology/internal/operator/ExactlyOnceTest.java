package io.causalstreams.topology.internal.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.EngineDiedException;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.PromptEnvelope;
import io.causalstreams.topology.event.TokenEvent;
import io.causalstreams.topology.internal.journal.RememberBounds;
import io.causalstreams.topology.internal.journal.SessionBounds;
import io.causalstreams.topology.internal.operator.TransactionalTask.Input;
import io.causalstreams.topology.internal.request.OperatorSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Random faults between random steps; whatever happens, readers see every token and answer once. Prompts are {@link Framed}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExactlyOnceTest {

    private static final int ROUNDS = 400;

    private final List<ScriptedEngine> engines = new ArrayList<>();

    @Test
    void shouldTellEveryTokenAndAnswerOnceWhateverFails() {
        long first = Long.getLong("test.seed", System.nanoTime());
        for (long seed = first; seed < first + ROUNDS; seed++) {
            try {
                round(new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("run again with -Dtest.seed=" + seed, e);
            }
        }
    }

    @Test
    void shouldAnswerEveryRequestOnceAfterTheEngineDied() {
        // Given: one request in the middle of its tokens, one that waits
        engines.clear();
        List<Input> input = List.of(prompt("r-0", ""), prompt("r-1", ""), prompt("r-2", ""));
        TransactionalTask task = new TransactionalTask(input, settings(1, 0, 0, 1, 0), this::newEngine);
        task.processNext();
        task.processNext();
        engine().step();
        task.punctuate();

        // When
        engine().step();
        engine().die("out of memory");
        assertThatThrownBy(task::punctuate).isInstanceOf(EngineDiedException.class);
        task.crash();

        // Then: the next process has another engine
        for (int i = 0; i < 400; i++) {
            if (task.hasInput()) {
                task.processNext();
            }
            engine().step();
            task.punctuate();
        }
        assertThat(task.committedOutput())
                .filteredOn(event -> event.kind() == OutputEvent.Kind.COMPLETION)
                .allSatisfy(event -> assertThat(EventJson.readCompletion(Objects.requireNonNull(event.bytes()))
                                .error())
                        .isNull());
        assertExactlyOnce(task, input, false);
    }

    @Test
    void shouldLetTokensOfSeveralStepsShareACommitButNotTheFirstOrTheLast() {
        // Given: a punctuation each 10 ms of a clock that begins at a multiple of the delay
        engines.clear();
        TransactionalTask task =
                new TransactionalTask(List.of(prompt("r-0", "")), settings(1, 0, 50, 1, 0), this::newEngine);
        task.processNext();
        List<Integer> visible = new ArrayList<>();

        // When: a token a punctuation
        for (int step = 0; step < 12; step++) {
            task.punctuate();
            visible.add(task.committedOutput().size());
            engine().step();
        }
        engine().runAll();
        task.punctuate();

        // Then
        assertThat(visible).containsExactly(0, 1, 1, 1, 4, 4, 4, 4, 4, 9, 9, 9);
        assertExactlyOnce(task, List.of(prompt("r-0", "")), false);
    }

    private void round(Random random) {
        // Given
        engines.clear();
        boolean remembers = random.nextBoolean();
        int requests = 1 + random.nextInt(6);
        List<Input> input = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            input.add(prompt("r-" + i, i % 3 == 0 ? ",\"n\":2" : ""));
            if (random.nextInt(4) == 0) {
                input.add(new Input(bytes("k"), bytes("{bad"), new RecordHeaders()));
            }
            if (random.nextInt(4) == 0) {
                input.add(prompt("bad-" + i, ",\"temperature\":-1"));
            }
            if (remembers && random.nextInt(4) == 0) {
                input.add(prompt("r-" + i, ""));
            }
        }
        OperatorSettings settings = settings(
                1 + random.nextInt(3),
                random.nextInt(40),
                random.nextInt(60),
                1 + random.nextInt(4),
                remembers ? 1_000_000_000 : 0);
        TransactionalTask task = new TransactionalTask(input, settings, this::newEngine);
        // When
        for (int i = 0; i < 150; i++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> {
                    if (task.hasInput()) {
                        task.processNext();
                    }
                }
                case 3, 4, 5, 6 -> engine().step();
                case 7, 8, 9 -> task.punctuate();
                case 10 -> {
                    if (random.nextInt(3) == 0) {
                        task.crash();
                    } else if (random.nextInt(3) == 0) {
                        task.handOver();
                    } else {
                        task.commit();
                    }
                }
                default -> {
                    boolean timeout = random.nextBoolean();
                    task.failAfter(
                            random.nextInt(12),
                            timeout ? new TimeoutException("injected") : new IllegalStateException("injected"));
                }
            }
        }
        task.failAfter(Integer.MAX_VALUE, new IllegalStateException("none"));
        for (int i = 0; i < 400; i++) {
            if (task.hasInput()) {
                task.processNext();
            }
            engine().step();
            task.punctuate();
        }
        task.commit();
        // Then
        assertExactlyOnce(task, input, remembers);
    }

    private void assertExactlyOnce(TransactionalTask task, List<Input> input, boolean remembers) {
        Map<String, Integer> nextIndex = new HashMap<>();
        Map<String, StringBuilder> text = new LinkedHashMap<>();
        Map<String, Integer> completions = new HashMap<>();
        List<Bytes> deadLetters = new ArrayList<>();
        for (OutputEvent event : task.committedOutput()) {
            switch (event.kind()) {
                case TOKENS -> {
                    TokenEvent.Choice choice =
                            EventJson.readToken(valueOf(event)).choices().get(0);
                    String name = event.requestId() + ":" + choice.index();
                    assertThat(completions).doesNotContainKey(event.requestId());
                    assertThat(choice.tokenIndex()).as(name).isEqualTo(nextIndex.getOrDefault(name, 0));
                    nextIndex.merge(name, choice.tokenCount(), Integer::sum);
                    text.computeIfAbsent(name, each -> new StringBuilder()).append(choice.content());
                }
                case COMPLETION -> {
                    completions.merge(event.requestId(), 1, Integer::sum);
                    CompletionEvent completion = EventJson.readCompletion(valueOf(event));
                    if (completion.error() == null) {
                        completion
                                .choices()
                                .forEach(choice -> assertThat(choice.content())
                                        .isEqualTo(sentence(event.requestId()))
                                        .isEqualTo(String.valueOf(text.get(event.requestId() + ":" + choice.index()))));
                    }
                }
                case DEAD_LETTER -> deadLetters.add(Bytes.wrap(valueOf(event)));
                case SHADOW -> throw new AssertionError("there are no candidates");
            }
        }
        assertThat(deadLetters)
                .as("the records as they were")
                .containsExactlyInAnyOrderElementsOf(input.stream()
                        .filter(ExactlyOnceTest::isInvalid)
                        .map(Input::value)
                        .toList());
        assertThat(completions.keySet()).hasSize((int) input.stream()
                .filter(each -> !text(each).equals("{bad"))
                .map(each -> PromptEnvelope.read(json(each)).id())
                .distinct()
                .count());
        if (!remembers) {
            assertThat(completions).allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
            assertThat(task.committedStore()).isEmpty();
        }
    }

    @Test
    void shouldResumeFromTheCommittedTokensInsteadOfStartingAgain() {
        // Given
        engines.clear();
        TransactionalTask task =
                new TransactionalTask(List.of(prompt("a", ""), prompt("b", ",\"n\":2")), settings(), this::newEngine);
        task.processNext();
        task.processNext();
        for (int i = 0; i < 3; i++) {
            engine().step();
            task.punctuate();
        }
        engine().step();
        // When
        task.crash();
        task.punctuate();
        // Then
        assertThat(engine().submitted()).extracting(GenerationRequest::id).containsExactly("a", "b");
        assertThat(engine().submitted().get(0).resumeFrom())
                .hasSize(1)
                .allSatisfy(ids -> assertThat(ids).hasSize(3));
        assertThat(engine().submitted().get(1).resumeFrom())
                .hasSize(2)
                .allSatisfy(ids -> assertThat(ids).hasSize(3));
    }

    @Test
    void shouldTellAVectorAndARankingOnceWhereverTheProcessDies() {
        for (int crashAfter = 0; crashAfter < 4; crashAfter++) {
            // Given
            engines.clear();
            List<Input> input = List.of(
                    prompt("e", ",\"task\":\"embed\""),
                    prompt("r", ",\"task\":\"rerank\",\"documents\":[\"a\",\"b\"]"));
            TransactionalTask task = new TransactionalTask(input, settings(), this::newEngine);
            List<Runnable> work = List.of(task::processNext, task::processNext, () -> engine().step(), task::punctuate);

            // When
            work.subList(0, crashAfter + 1).forEach(Runnable::run);
            task.crash();
            for (int i = 0; i < 10; i++) {
                if (task.hasInput()) {
                    task.processNext();
                }
                engine().step();
                task.punctuate();
            }

            // Then
            List<CompletionEvent> completions = task.committedOutput().stream()
                    .map(event -> EventJson.readCompletion(Objects.requireNonNull(event.bytes())))
                    .toList();
            assertThat(completions).as("died after %d", crashAfter).hasSize(2);
            assertThat(completions)
                    .filteredOn(each -> each.id().equals("e"))
                    .allSatisfy(each -> assertThat(each.embedding()).isNotNull());
            assertThat(completions)
                    .filteredOn(each -> each.id().equals("r"))
                    .allSatisfy(each -> assertThat(each.ranking()).hasSize(2));
        }
    }

    @Test
    void shouldSubmitInOrderOfArrivalAfterARestart() {
        engines.clear();
        List<Input> input = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            input.add(prompt("r-" + (i * 7919) % 300, ""));
        }
        OperatorSettings settings = settings(1, 0, 0, 300, 0);
        TransactionalTask task = new TransactionalTask(input, settings, this::newEngine);
        while (task.hasInput()) {
            task.processNext();
        }
        List<String> before =
                engine().submitted().stream().map(GenerationRequest::id).toList();
        task.handOver();
        task.punctuate();
        assertThat(engine().submitted()).extracting(GenerationRequest::id).isEqualTo(before);
    }

    @Test
    void shouldLeaveRequestsToTheNextOwnerWhenTheEngineIsClosed() {
        engines.clear();
        TransactionalTask task = new TransactionalTask(List.of(prompt("a", "")), settings(), this::newEngine);
        task.processNext();
        engine().step();
        task.punctuate();
        engine().close();
        task.punctuate();
        task.punctuate();
        assertThat(task.committedOutput()).hasSize(1);
        task.handOver();
        task.punctuate();
        engine().runAll();
        task.punctuate();
        assertThat(task.committedOutput())
                .extracting(OutputEvent::kind)
                .endsWith(OutputEvent.Kind.COMPLETION)
                .doesNotContain(OutputEvent.Kind.DEAD_LETTER);
    }

    @Test
    void shouldCostAboutAsMuchAsMeasuredPerToken() {
        // Given: 400 tokens, one at a time
        engines.clear();
        StringBuilder words = new StringBuilder("word");
        words.append(" four".repeat(399));
        TransactionalTask task = new TransactionalTask(List.of(prompt("a", "")), settings(), () -> {
            ScriptedEngine engine = ScriptedEngine.saying(words.toString());
            engines.add(engine);
            return engine;
        });
        task.processNext();
        long bytesBefore = task.store().writtenBytes;
        long writesBefore = task.store().writes;
        // When
        for (int i = 0; i < 400; i++) {
            engine().step();
            task.punctuate();
        }
        // Then: a changelog record has about 8 bytes beside key and value (offset, timestamp, length deltas)
        double writes = (task.store().writes - writesBefore) / 400.0;
        double bytes = (task.store().writtenBytes - bytesBefore) / 400.0 + 8 * writes;
        System.out.printf("journal: %.1f bytes and %.2f records a token%n", bytes, writes);
        assertThat(bytes).isLessThan(67);
        assertThat(writes).isLessThan(1.2);
    }

    private ScriptedEngine newEngine() {
        ScriptedEngine engine = ScriptedEngine.saying(request -> sentence(request.id()));
        engines.add(engine);
        return engine;
    }

    private ScriptedEngine engine() {
        return engines.get(engines.size() - 1);
    }

    private static String sentence(String id) {
        return "This is what " + id + " says, word by word, until the end of it all.";
    }

    private static OperatorSettings settings() {
        return settings(1, 0, 0, 10, 0);
    }

    private static OperatorSettings settings(
            int tokensPerEvent, long maxDelayMs, long commitDelayMs, int maxInFlight, long rememberMs) {
        return new OperatorSettings(
                10,
                tokensPerEvent,
                maxDelayMs,
                commitDelayMs,
                maxInFlight,
                1000,
                1_000_000,
                false,
                10_000,
                new RememberBounds(rememberMs, 10, 100_000),
                new SessionBounds(10, 10_000, 10, 10_000),
                false,
                1_000_000);
    }

    private static boolean isInvalid(Input input) {
        return text(input).equals("{bad") || text(input).contains("temperature");
    }

    private static String text(Input input) {
        return new String(json(input), StandardCharsets.UTF_8);
    }

    private static byte[] json(Input input) {
        return Framed.FORMAT.toJson("prompts", input.value().get());
    }

    private static Input prompt(String id, String rest) {
        byte[] json = ("{\"id\":\"" + id + "\",\"prompt\":\"x\"" + rest + "}").getBytes(StandardCharsets.UTF_8);
        return new Input(bytes("k"), Bytes.wrap(Framed.FORMAT.fromJson("prompts", json)), new RecordHeaders());
    }

    private static byte[] valueOf(OutputEvent event) {
        return Objects.requireNonNull(event.bytes());
    }

    private static Bytes bytes(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
