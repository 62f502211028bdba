package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.internal.answer.AnswerSyntax;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.text.RenderedChat;
import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What has a form ends by its form: stop strings, stop tokens and end-of-sequence count only where the text has it. */
class FormEndTest {
    private static final ConstraintCompiler COMPILER = new ConstraintCompiler(new AsciiTokenizer());
    private static final String PROMPT = "Go";
    private static final OutputConstraint NAME = new OutputConstraint.JsonSchema(
            "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},\"required\":[\"name\"]}");
    private static final OutputConstraint TAGGED = new OutputConstraint.StructuralTag(
            "{\"structures\":[{\"begin\":\"<a>\",\"schema\":{\"type\":\"string\"},\"end\":\"</a>\"}],\"triggers\":[\"<a>\"]}");

    @ParameterizedTest
    @CsvSource(
            value = {"stop", "\"", ":", "{", "}", "o"},
            quoteCharacter = '\0')
    void shouldNotCutJsonAtAStopString(String stop) {
        GenerationEvent.Choice choice =
                run("{\"name\": \"a stop\"}", NAME, sampling().stop(List.of(stop)));

        assertThat(choice.text()).isEqualTo("{\"name\": \"a stop\"}");
        assertThat(choice.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(choice.stopReason()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "false|free |stop",
                "true|free stop|stop",
                "false|free stop <a>\"a stop\"</a> |and",
                "true|free stop <a>\"a stop\"</a>|</a>",
                "false|free |stop <a>"
            })
    void shouldStopOutsideOfTagsOnly(boolean include, String text, String stop) {
        GenerationEvent.Choice choice = run(
                "free stop <a>\"a stop\"</a> and stop",
                TAGGED,
                sampling().stop(List.of(stop)).includeStopStrInOutput(include));

        assertThat(choice.text()).isEqualTo(text);
        assertThat(choice.stopReason()).isEqualTo(stop);
    }

    @Test
    void shouldPassAStopStringInsideATagAndTakeTheNextOne() {
        GenerationEvent.Choice choice =
                run("<a>\"a stop\"</a> and stop", TAGGED, sampling().stop(List.of("stop")));

        assertThat(choice.text()).isEqualTo("<a>\"a stop\"</a> and ");
        assertThat(choice.stopReason()).isEqualTo("stop");
    }

    @Test
    void shouldTakeTheShorterOfTwoStopStringsIfOnlyThatLeavesTheForm() {
        // Given: "abcd" ends at the same place, but in front of it stands what is too short
        OutputConstraint threeOrMore = new OutputConstraint.Regex("[a-z]{3,}");

        // When
        GenerationEvent.Choice choice = run("xabcd", threeOrMore, sampling().stop(List.of("abcd", "d")));

        // Then
        assertThat(choice.text()).isEqualTo("xabc");
        assertThat(choice.stopReason()).isEqualTo("d");
    }

    @Test
    void shouldNotStopWithinMinTokens() {
        GenerationEvent.Choice choice = run(
                "stop and stop",
                new OutputConstraint.Regex(".*"),
                sampling().stop(List.of("stop")).minTokens(4));

        assertThat(choice.text()).isEqualTo("stop and ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {"}|{\"name\": \"x}y\"}", "\"|{\"name\": \"x\"}", "x|{\"name\": \"x\"}"})
    void shouldTakeAStopTokenInsideOfJsonForText(char stop, String json) {
        GenerationEvent.Choice choice = run(json, NAME, sampling().stopTokenIds(Set.of(AsciiTokenizer.token(stop))));

        assertThat(choice.text()).isEqualTo(json);
        assertThat(choice.stopReason()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"false,ab", "true,ab;"})
    void shouldEndAtAStopTokenWhereTheTextHasItsForm(boolean include, String text) {
        GenerationEvent.Choice choice = run(
                "ab;;",
                new OutputConstraint.Regex("[a-z]{2};*"),
                sampling().stopTokenIds(Set.of(AsciiTokenizer.token(';'))).includeStopStrInOutput(include));

        assertThat(choice.text()).isEqualTo(text);
        assertThat(choice.stopReason()).isEqualTo(AsciiTokenizer.token(';'));
    }

    @Test
    void shouldLetAStopTokenThatIsNoPartOfTheFormEndIt() {
        GenerationEvent.Choice choice = run(
                "ab;c",
                new OutputConstraint.Regex("[a-z]+"),
                sampling().stopTokenIds(Set.of(AsciiTokenizer.token(';'))));

        assertThat(choice.text()).isEqualTo("ab");
        assertThat(choice.stopReason()).isEqualTo(AsciiTokenizer.token(';'));
    }

    @Test
    void shouldGoOnAsLongAsTheFormDoesWithoutEndOfSequence() {
        OutputConstraint atMostFive = new OutputConstraint.Regex("[a-z]{1,5}");

        assertThat(run("ab", atMostFive, sampling()).text()).isEqualTo("ab");
        GenerationEvent.Choice ignoring = run("ab", atMostFive, sampling().ignoreEos(true));
        assertThat(ignoring.text()).startsWith("ab").hasSize(5);
        assertThat(ignoring.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void shouldCallTextCutByMaxTokensCutAndCompleteTextComplete() {
        String json = "{\"name\": \"x\"}";

        assertThat(run(json, NAME, sampling().maxTokens(json.length() - 1)).finishReason())
                .isEqualTo(FinishReason.LENGTH);
        assertThat(run(json, NAME, sampling().maxTokens(json.length())).finishReason())
                .isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @CsvSource({"false,Cold.", "true,Cold.++++"})
    void shouldEndAnswersWithToolCallsByTheirForm(boolean ignoreEos, String text) {
        // Given: the form of the answer is that of its tools, none was asked for
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG, model("Cold.", '+'));
        RequestPreparation preparation = new RequestPreparation(
                engine.model.metadata(),
                engine.model.maxContextTokens(),
                new AsciiTokenizer(),
                chat -> new RenderedChat(
                        List.of(new TemplatePart(PROMPT, false)),
                        new AnswerSyntax(null, AnswerSyntax.Calls.LLAMA, false)),
                COMPILER::compile,
                engine.adapters);
        Prompt.Chat chat = new Prompt.Chat(
                List.of(new Prompt.Message("user", "Go")),
                ChatOptions.builder()
                        .tools(List.of(Tool.of("now", "The time.", "{\"type\":\"object\",\"properties\":{}}")))
                        .build());
        SamplingParams sampling = sampling().maxTokens(9).ignoreEos(ignoreEos).build();
        Recorder recorder = new Recorder();

        // When
        TokenizedRequest prepared = preparation.prepare(GenerationRequest.of("r-1", chat, sampling));
        engine.queue.submit("r-1", () -> new RequestRun(prepared, engine.facts, recorder));
        engine.drain();

        // Then
        assertThat(recorder.choice(0).text()).isEqualTo(text);
    }

    private static SamplingParams.Builder sampling() {
        return SamplingParams.builder().temperature(0).maxTokens(100);
    }

    private static GenerationEvent.Choice run(String script, OutputConstraint form, SamplingParams.Builder sampling) {
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG, model(script, 'z'));
        engine.constraint = COMPILER.compile(form);
        Recorder recorder =
                engine.submit("r-1", PROMPT, sampling.constraint(form).build());
        engine.drain();
        return recorder.choice(0);
    }

    /** A model that writes the script and then wants to end, and if it may not, to write {@code then}. */
    private static ScriptedLm model(String script, char then) {
        return new ScriptedLm(4, 128, AsciiTokenizer.SIZE).scripted((tokens, row) -> {
            int written = tokens.length - PROMPT.length();
            int next = written < script.length() ? AsciiTokenizer.token(script.charAt(written)) : ScriptedLm.EOS;
            row[next] += 100;
            row[AsciiTokenizer.token(then)] += 50;
        });
    }
}
