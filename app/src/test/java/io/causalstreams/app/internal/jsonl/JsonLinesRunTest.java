package io.causalstreams.app.internal.jsonl;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.EventJson;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class JsonLinesRunTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void shouldAnswerEveryLineThatIsNotBlankExactlyOnce() throws Exception {
        // Given more lines than may be in flight, of every kind
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            input.append("{\"id\":\"q").append(i).append("\",\"prompt\":\"Hi\"}\r\n\n  \n");
        }
        input.append(
                "{not json\n[1]\n{\"prompt\":\"x\",\"temperature\":-1}\n{\"id\":\"last\",\"prompt\":\"no line end\"}");
        // When
        JsonLinesRun.Summary summary = run(input.toString(), 3);
        // Then
        Map<String, CompletionEvent> answers = answers();
        assertThat(answers).hasSize(24).containsKeys("q0", "q19", "last", "line-61", "line-62", "line-63");
        assertThat(summary.answered()).isEqualTo(24);
        assertThat(summary.failed()).isEqualTo(3);
        assertThat(answers.get("q7")).extracting(CompletionEvent::content).isEqualTo("It is sunny.");
    }

    @Test
    void shouldNameTheFieldOfAnInvalidRequest() throws Exception {
        run("{\"prompt\":\"x\",\"temperature\":-1}\n", 1);
        assertThat(answers().get("line-1"))
                .extracting(CompletionEvent::error)
                .extracting(CompletionEvent.Failure::code, CompletionEvent.Failure::param)
                .containsExactly(ErrorCode.INVALID_REQUEST, "temperature");
    }

    @Test
    void shouldAnswerNothingToNothing() throws Exception {
        assertThat(run("", 1).answered()).isZero();
        assertThat(out.size()).isZero();
    }

    private JsonLinesRun.Summary run(String input, int maxInFlight) throws Exception {
        try (ScriptedEngine engine = ScriptedEngine.saying("It is sunny.").runAutomatically()) {
            return new JsonLinesRun(engine, maxInFlight, Clock.systemUTC())
                    .run(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out);
        }
    }

    /** Fails on an id that occurs twice. */
    private Map<String, CompletionEvent> answers() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> EventJson.readCompletion(line.getBytes(StandardCharsets.UTF_8)))
                .collect(Collectors.toMap(CompletionEvent::id, Function.identity()));
    }
}
