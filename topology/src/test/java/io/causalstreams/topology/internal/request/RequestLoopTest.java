package io.causalstreams.topology.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.internal.input.TaskInput;
import io.causalstreams.topology.internal.journal.FakeStore;
import io.causalstreams.topology.internal.journal.RememberBounds;
import io.causalstreams.topology.internal.journal.SessionBounds;
import io.causalstreams.topology.internal.journal.TaskStore;
import io.causalstreams.topology.internal.telemetry.EngineMeters;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;

/** What a loop reads, submits and ends, and when. */
class RequestLoopTest {

    private final ScriptedEngine engine = ScriptedEngine.saying("It is so.");
    private final Jobs jobs = new Jobs();
    private final FakeStore store = new FakeStore(Map.of(), () -> {});
    private final List<String> published = new ArrayList<>();
    private final MockProcessorContext<String, String> context =
            new MockProcessorContext<>(new Properties(), new TaskId(0, 0), new File("target"));
    private long nowMs = 1_000;

    @Test
    void shouldNotReadAgainWhatRunsAtOnceOrSoon() {
        // Given
        RequestLoop<String, String> loop = loop(1);
        loop.accept(Jobs.ask(0));
        loop.accept(Jobs.ask(1));

        // When
        runAll(loop, 2);

        // Then
        assertThat(published).containsExactly("It is so.", "It is so.");
        assertThat(jobs.opened).isEmpty();
    }

    @Test
    void shouldReadFromTheJournalOnceWhatHadToWaitForLong() {
        // Given: one runs, one is to run next
        RequestLoop<String, String> loop = loop(1);
        for (int i = 0; i < 4; i++) {
            loop.accept(Jobs.ask(i));
        }

        // When
        runAll(loop, 4);

        // Then
        assertThat(published).hasSize(4);
        assertThat(jobs.opened).containsExactly("r-2", "r-3");
    }

    @Test
    void shouldReadWhatItsFormerOwnerHasLeftOnce() {
        // Given
        RequestLoop<String, String> former = loop(1);
        former.accept(Jobs.ask(0));
        former.accept(Jobs.ask(1));
        former.close();

        // When
        RequestLoop<String, String> next = loop(2);
        runAll(next, 2);

        // Then
        assertThat(published).hasSize(2);
        assertThat(jobs.opened).containsExactly("r-0", "r-1");
    }

    @Test
    void shouldAskAFullEngineOnceAndAgainLaterAndReadNothingTwice() {
        // Given
        engine.withCapacity(1);
        RequestLoop<String, String> loop = loop(3);

        // When
        for (int i = 0; i < 3; i++) {
            loop.accept(Jobs.ask(i));
        }

        // Then
        assertThat(engine.running()).containsExactly("r-0");
        runAll(loop, 20);
        assertThat(published).hasSize(3);
        assertThat(engine.submitted()).extracting(GenerationRequest::id).containsExactly("r-0", "r-1", "r-2");
        assertThat(jobs.opened).isEmpty();
    }

    @Test
    void shouldEndAtTheNextTurnWhatTheEngineDoesNotTake() {
        // Given
        RequestLoop<String, String> loop = loop(1);
        engine.withValidation(request -> {
            throw new GenerationException.Invalid("prompt", "it does not fit any more");
        });
        loop.accept(Jobs.ask(0));
        assertThat(published).isEmpty();

        // When
        turn(loop);

        // Then
        assertThat(published).containsExactly("request r-0: it does not fit any more");
        assertThat(loop.isInFlight("r-0")).isFalse();
        assertThat(store.content).isEmpty();
    }

    @Test
    void shouldDropWhatTheEngineReportsOfACancelledRequest() {
        // Given
        RequestLoop<String, String> loop = loop(1);
        loop.accept(Jobs.ask(0));
        engine.runAll();

        // When
        loop.cancelId("r-0");
        turn(loop);

        // Then
        assertThat(published).containsExactly("request r-0: it was cancelled");
        assertThat(store.content).isEmpty();
    }

    private RequestLoop<String, String> loop(int maxInFlight) {
        context.setCurrentSystemTimeMs(nowMs);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Operator operator = new Operator(
                engine,
                settings(maxInFlight),
                new OperatorTelemetry("test", engine, new EngineMeters(engine, meters), meters, OpenTelemetry.noop()));
        RequestLoop<String, String> loop = new RequestLoop<>(
                operator,
                jobs,
                TaskStore.over(
                        store,
                        operator.settings().remember(),
                        operator.settings().sessions()),
                TaskInput.ofRecords(context),
                context,
                record -> published.add(record.value()));
        loop.restore();
        return loop;
    }

    private void runAll(RequestLoop<String, String> loop, int turns) {
        for (int i = 0; i < turns; i++) {
            engine.runAll();
            turn(loop);
        }
    }

    private void turn(RequestLoop<String, String> loop) {
        nowMs += 10;
        context.setCurrentSystemTimeMs(nowMs);
        loop.turn(nowMs);
    }

    private static OperatorSettings settings(int maxInFlight) {
        SessionBounds sessions = new SessionBounds(10, 10_000, 10, 10_000);
        return new OperatorSettings(
                10,
                1,
                0,
                0,
                maxInFlight,
                1000,
                1 << 20,
                false,
                1 << 20,
                new RememberBounds(0, 0, 0),
                sessions,
                false,
                1 << 20);
    }
}
