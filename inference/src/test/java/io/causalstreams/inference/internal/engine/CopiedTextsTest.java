package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.OutputConstraint.JsonSchema;
import io.causalstreams.inference.OutputConstraint.Verbatim;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopiedTextsTest {

    private static final JsonSchema PLACE = new JsonSchema(
            "{\"type\": \"object\", \"properties\": {\"place\": {\"x-verbatim\": true}}, \"required\": [\"place\"]}");

    @Test
    void shouldTakeTheLastUserMessageAndTheResultsBehindIt() {
        Prompt.Chat chat = new Prompt.Chat(List.of(
                new Message("system", "Name the place."),
                new Message("user", "an example"),
                new Message("assistant", "{\"place\": \"example\"}"),
                new Message("user", "the blues kitchen"),
                new Message("assistant", "calls"),
                new Message("tool", "Shoreditch")));

        assertThat(CopiedTexts.addTo(PLACE, chat))
                .isEqualTo(new Verbatim(PLACE, List.of("the blues kitchen", "Shoreditch")));
        assertThat(CopiedTexts.addTo(PLACE, new Prompt.Text("a b"))).isEqualTo(new Verbatim(PLACE, List.of("a b")));
    }

    @Test
    void shouldLeaveFormsAloneThatCopyNothingOrHaveTheirTexts() {
        JsonSchema other = new JsonSchema("{}");
        Verbatim given = new Verbatim(PLACE, List.of("x"));

        assertThat(CopiedTexts.addTo(other, new Prompt.Text("a"))).isSameAs(other);
        assertThat(CopiedTexts.addTo(given, new Prompt.Text("a"))).isSameAs(given);
        assertThat(CopiedTexts.addTo(PLACE, new Prompt.Tokens(List.of(1)))).isSameAs(PLACE);
    }

    /** A model that writes down what it remembers, not what it reads. */
    @Test
    void shouldCorrectAModelThatCopiesWrongly() throws Exception {
        // Given
        String prompt = "at the blues kitchen, 8pm";
        String script = "{\"place\": \"the bluces kitchen\"}";
        ScriptedLm model = new ScriptedLm(4, 128, AsciiTokenizer.SIZE).scripted((tokens, row) -> {
            int written = tokens.length - prompt.length();
            row[written < script.length() ? AsciiTokenizer.token(script.charAt(written)) : ScriptedLm.EOS] += 100;
            row[AsciiTokenizer.token('"')] += 50;
        });
        OutputConstraint form = CopiedTexts.addTo(PLACE, new Prompt.Text(prompt));
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG, model);
        engine.constraint = new ConstraintCompiler(new AsciiTokenizer()).compile(form);

        // When
        Recorder recorder = engine.submit(
                "r-1",
                prompt,
                SamplingParams.greedy(90).toBuilder().constraint(PLACE).build());
        engine.drain();

        // Then
        assertThat(new ObjectMapper()
                        .readTree(recorder.choice(0).text())
                        .path("place")
                        .asText())
                .isEqualTo("the blues");
    }
}
