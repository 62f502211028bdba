package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that says "xx" and then a special token, end of sequence (0) or not (1). */
class StopTokenNameTest {

    @ParameterizedTest
    @CsvSource({"0,false,xx", "0,true,xx<0>", "1,false,xx", "1,true,xx<1>"})
    void shouldEndAtASpecialTokenNamedInStop(int special, boolean include, String text) {
        // Given
        ScriptedLm model = new ScriptedLm(1, 64, AsciiTokenizer.SIZE)
                .scripted((tokens, row) -> row[tokens.length < 3 ? AsciiTokenizer.token('x') : special] = 100);
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG, model);

        // When
        Recorder recorder = engine.submit(GenerationRequest.of(
                "r-1",
                new Prompt.Text("a"),
                SamplingParams.builder()
                        .temperature(0)
                        .maxTokens(9)
                        .stop(List.of("<" + special + ">"))
                        .includeStopStrInOutput(include)
                        .logprobs(0)
                        .build()));
        engine.drain();

        // Then
        GenerationEvent.Choice choice = recorder.choice(0);
        assertThat(choice.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(choice.stopReason()).isEqualTo("<" + special + ">");
        assertThat(choice.text()).isEqualTo(text);
        assertThat(choice.tokenIds()).hasSize(3).endsWith(special);
        StringBuilder bytes = new StringBuilder();
        Objects.requireNonNull(choice.logprobs())
                .forEach(token -> token.bytes().forEach(each -> bytes.append((char) each.intValue())));
        assertThat(bytes).hasToString(text);
    }
}
