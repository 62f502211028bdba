package io.causalstreams.topology.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptEventTest {

    @Test
    void shouldReadEveryFieldOfAChat() {
        // Given
        String json = """
                {"id":"r-1","model":"m","messages":[{"role":"system","content":"Be brief."},
                 {"role":"user","name":"ann","content":[{"type":"text","text":"Hello "},{"type":"text","text":"you"}]}],
                 "max_completion_tokens":7,"max_tokens":99,"min_tokens":2,"ignore_eos":true,"temperature":0.5,"top_p":0.9,
                 "top_k":40,"min_p":0.1,"repetition_penalty":1.1,"presence_penalty":-1,"frequency_penalty":0.25,
                 "logit_bias":{"5":-100,"7":1.5},"seed":-42,"n":3,"stop":["a","b"],"stop_token_ids":[2,3],
                 "include_stop_str_in_output":true,"logprobs":true,"top_logprobs":4,"prompt_logprobs":0,
                 "return_token_ids":true,"max_thinking_tokens":64,"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object"}}},
                 "priority":-3,"deadline":1800000000.5,"session_id":"s","user":"u","task":"generate","something_new":{"a":[1]}}
                """;
        // When
        PromptEvent event = parse(json);
        // Then
        assertThat(event)
                .isEqualTo(new PromptEvent(
                        "r-1",
                        "m",
                        new Prompt.Chat(List.of(
                                new Prompt.Message("system", "Be brief."),
                                new Prompt.Message("user", List.of("Hello ", "you"), "ann", null, List.of(), null))),
                        new GenerationRequest.Task.Generate(),
                        new SamplingParams(
                                7,
                                2,
                                64,
                                true,
                                0.5,
                                0.9,
                                40,
                                0.1,
                                1.1,
                                -1,
                                0.25,
                                Map.of(5, -100.0, 7, 1.5),
                                -42L,
                                3,
                                List.of("a", "b"),
                                Set.of(2, 3),
                                true,
                                4,
                                0,
                                new OutputConstraint.JsonSchema("{\"type\":\"object\"}")),
                        true,
                        -3,
                        Instant.ofEpochMilli(1_800_000_000_500L),
                        "s",
                        "u"));
        assertThat(event.shape()).isEqualTo(OutputEvents.Shape.CHAT);
    }

    @Test
    void shouldReadToolsTheirCallsAndTheirResults() {
        PromptEvent event = parse("""
                {"messages":[{"role":"user","content":"Weather?"},
                 {"role":"assistant","content":null,"reasoning_content":"Hm.","tool_calls":[
                   {"id":"c1","type":"function","function":{"name":"weather","arguments":"{\\"city\\": \\"Bern\\"}"}}]},
                 {"role":"tool","tool_call_id":"c1","content":"3"}],
                 "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}],
                 "tool_choice":{"type":"function","function":{"name":"weather"}},"parallel_tool_calls":false,
                 "chat_template_kwargs":{"enable_thinking":false},"documents":[{"title":"T","text":"x"}]}
                """);

        Prompt.Chat chat = (Prompt.Chat) event.prompt();
        assertThat(chat.messages())
                .element(1)
                .isEqualTo(new Prompt.Message(
                        "assistant",
                        List.of(),
                        null,
                        "Hm.",
                        List.of(new Prompt.ToolCall("c1", "weather", "{\"city\": \"Bern\"}")),
                        null));
        assertThat(chat.messages().get(2).toolCallId()).isEqualTo("c1");
        ChatOptions options = chat.options();
        assertThat(options.tools()).extracting(Tool::name).containsExactly("weather");
        assertThat(options.toolChoice()).isEqualTo(new ToolChoice.Named("weather"));
        assertThat(options.parallelToolCalls()).isFalse();
        assertThat(options.templateVariables()).isEqualTo(Map.of("enable_thinking", false));
        assertThat(options.documents()).containsExactly(Map.of("title", "T", "text", "x"));
        assertThat(options.addGenerationPrompt()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"b\"}}]}}|true",
                "{\"type\":\"allowed_tools\",\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"b\"}}]}|false"
            })
    void shouldOfferTheAllowedToolsOnly(String choice, boolean required) {
        ChatOptions options = ((Prompt.Chat) parse("""
                        {"messages":[{"role":"user","content":"x"}],"tool_choice":%s,
                         "tools":[{"function":{"name":"a"}},{"function":{"name":"b"}}]}
                        """.formatted(choice)).prompt()).options();

        assertThat(options.tools()).extracting(Tool::name).containsExactly("b");
        assertThat(options.toolChoice()).isEqualTo(required ? new ToolChoice.Required() : new ToolChoice.Auto());
    }

    @Test
    void shouldTakeARefusalForWhatTheAssistantSaid() {
        Prompt.Chat chat = (Prompt.Chat) parse("""
                {"messages":[{"role":"assistant","content":null,"refusal":"I cannot."},{"role":"user","content":"x"}]}
                """).prompt();

        assertThat(chat.messages().get(0)).isEqualTo(new Prompt.Message("assistant", "I cannot."));
    }

    @Test
    void shouldEndThePromptInsideTheLastMessageWhenAsked() {
        ChatOptions options = ((Prompt.Chat)
                        parse("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"continue_final_message\":true}")
                                .prompt())
                .options();

        assertThat(options.continueFinalMessage()).isTrue();
        assertThat(options.addGenerationPrompt()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tools|\"tools\":[{\"type\":\"retrieval\"}]",
                "tools|\"tools\":[{\"function\":{\"name\":\"a b\"}}]",
                "tools|\"tools\":[{\"function\":{\"name\":\"a\"}},{\"function\":{\"name\":\"a\"}}]",
                "tools|\"tools\":[{\"function\":{\"name\":\"a\",\"parameters\":[]}}]",
                "tool_choice|\"tool_choice\":\"required\"",
                "tool_choice|\"tool_choice\":\"any\"",
                "tool_choice|\"tool_choice\":{\"type\":\"allowed_tools\",\"tools\":[{\"function\":{\"name\":\"b\"}}]}",
                "tool_choice|\"tool_choice\":{\"function\":{\"name\":\"b\"}}",
                "documents|\"documents\":[\"x\"]",
                "continue_final_message|\"continue_final_message\":true,\"add_generation_prompt\":true"
            })
    void shouldRefuseWhatIsNoToolAndNoChoice(String field, String fields) {
        assertThatThrownBy(() -> parse("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]," + fields + "}"))
                .isInstanceOfSatisfying(
                        GenerationException.Invalid.class,
                        e -> assertThat(e.parameter()).startsWith(field));
    }

    @Test
    void shouldHaveTheDefaultsOfVllm() {
        PromptEvent event = parse("{\"prompt\":\"Once\"}");
        assertThat(event.prompt()).isEqualTo(new Prompt.Text("Once"));
        assertThat(event.sampling()).isEqualTo(SamplingParams.builder().build());
        assertThat(event.sampling().temperature()).isEqualTo(1);
        assertThat(event.sampling().seed()).isNull();
        assertThat(event.shape()).isEqualTo(OutputEvents.Shape.TEXT);
    }

    @Test
    void shouldReadATextToEmbedByEitherName() {
        assertThat(parse("{\"task\":\"embed\",\"prompt\":\"x\"}").prompt()).isEqualTo(new Prompt.Text("x"));
        PromptEvent event = parse("{\"task\":\"embed\",\"input\":[\"x\"],\"dimensions\":8,\"prompt_name\":\"query\","
                + "\"truncate_prompt_tokens\":-1}");
        assertThat(event.prompt()).isEqualTo(new Prompt.Text("x"));
        assertThat(event.task()).isEqualTo(new GenerationRequest.Task.Embed(8, "query", true));
        assertThat(parse("{\"task\":\"embed\",\"input\":[1,2]}").prompt()).isEqualTo(new Prompt.Tokens(List.of(1, 2)));
    }

    @Test
    void shouldReadAQueryAndDocumentsToRank() {
        PromptEvent event = parse("{\"task\":\"rerank\",\"query\":\"x\",\"documents\":[\"a\",{\"text\":\"b\"}],"
                + "\"instruction\":\"i\",\"scoring\":\"query_logprob\",\"top_n\":1}");
        assertThat(event.prompt()).isEqualTo(new Prompt.Text("x"));
        assertThat(event.topN()).isEqualTo(1);
        assertThat(event.task())
                .isEqualTo(new GenerationRequest.Task.Rerank(
                        List.of("a", "b"), "i", GenerationRequest.Task.Scoring.QUERY_LOGPROB, false));
    }

    @Test
    void shouldIgnoreTheFieldsOfOtherTasks() {
        assertThat(parse("{\"prompt\":\"x\",\"query\":7,\"top_n\":-1,\"dimensions\":\"a\",\"scoring\":[]}"))
                .isEqualTo(parse("{\"prompt\":\"x\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id",
                "model",
                "messages",
                "task",
                "labels",
                "max_completion_tokens",
                "max_tokens",
                "min_tokens",
                "ignore_eos",
                "temperature",
                "top_p",
                "top_k",
                "min_p",
                "repetition_penalty",
                "presence_penalty",
                "frequency_penalty",
                "logit_bias",
                "seed",
                "n",
                "stop",
                "stop_token_ids",
                "include_stop_str_in_output",
                "logprobs",
                "top_logprobs",
                "prompt_logprobs",
                "return_token_ids",
                "response_format",
                "structured_outputs",
                "priority",
                "deadline",
                "session_id",
                "user"
            })
    void shouldTakeNullForAbsent(String field) {
        assertThat(parse("{\"prompt\":\"Once\",\"" + field + "\":null}")).isEqualTo(parse("{\"prompt\":\"Once\"}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "id|7",
                "id|\"\"",
                "model|[]",
                "messages|{}",
                "task|\"translate\"",
                "task|1",
                "labels|\"a\"",
                "labels|[1]",
                "max_completion_tokens|-1",
                "max_tokens|1.5",
                "max_tokens|\"5\"",
                "max_tokens|99999999999",
                "min_tokens|-1",
                "ignore_eos|1",
                "temperature|-1",
                "temperature|\"hot\"",
                "temperature|1e999",
                "top_p|0",
                "top_p|1.01",
                "top_k|-2",
                "min_p|1.5",
                "repetition_penalty|0",
                "presence_penalty|2.5",
                "frequency_penalty|-2.5",
                "logit_bias|[1]",
                "logit_bias|{\"x\":1}",
                "logit_bias|{\"-4\":1}",
                "logit_bias|{\"4\":101}",
                "logit_bias|{\"4\":\"1\"}",
                "seed|0.5",
                "seed|9223372036854775808",
                "n|0",
                "n|129",
                "stop|5",
                "stop|[5]",
                "stop|\"\"",
                "stop_token_ids|[\"a\"]",
                "stop_token_ids|[-1]",
                "include_stop_str_in_output|\"true\"",
                "logprobs|\"yes\"",
                "logprobs|21",
                "top_logprobs|21",
                "top_logprobs|3",
                "prompt_logprobs|true",
                "prompt_logprobs|-1",
                "return_token_ids|\"no\"",
                "response_format|\"json\"",
                "response_format|{\"type\":\"xml\"}",
                "response_format|{}",
                "response_format|{\"type\":\"json_schema\"}",
                "structured_outputs|{}",
                "structured_outputs|{\"choice\":[]}",
                "structured_outputs|{\"choice\":[\"a\"],\"regex\":\"a\"}",
                "structured_outputs|{\"json\":\"not json\"}",
                "structured_outputs|{\"regex\":1}",
                "structured_outputs|{\"grammar\":\" \"}",
                "structured_outputs|{\"json_object\":false}",
                "structured_outputs|{\"json_object\":true,\"json\":{}}",
                "structured_outputs|{\"regex\":\"a\",\"whitespace_pattern\":\" \"}",
                "response_format|{\"type\":\"json_object\",\"schema\":[]}",
                "response_format|{\"type\":\"json_object\",\"json_schema\":{\"schema\":{}}}",
                "response_format|{\"type\":\"json_schema\",\"schema\":{},\"json_schema\":{\"schema\":{}}}",
                "guided_json|[]",
                "guided_json|\"not json\"",
                "guided_choice|[\"a\",\"a\"]",
                "guided_choice|\"a\"",
                "guided_regex|\"\"",
                "guided_grammar|1",
                "structured_outputs|{\"structural_tag\":[]}",
                "priority|\"high\"",
                "priority|2147483648",
                "deadline|\"tomorrow\"",
                "deadline|1800000000000",
                "session_id|5",
                "user|{}"
            })
    void shouldNameTheFieldWithAWrongTypeOrRange(String field, String value) {
        // When
        Invalid invalid = catchThrowableOfType(
                Invalid.class, () -> parse("{\"prompt\":\"Once\",\"" + field + "\":" + value + "}"));
        // Then
        assertThat(invalid).as(field + " " + value).isNotNull();
        assertThat(invalid.parameter()).isEqualTo(field);
        assertThat(invalid.getMessage()).contains(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "messages|{}",
                "messages|{\"messages\":[]}",
                "messages|{\"messages\":[1]}",
                "messages|{\"messages\":[{\"content\":\"x\"}]}",
                "messages|{\"messages\":[{\"role\":\"user\"}]}",
                "messages|{\"messages\":[{\"role\":\"user\",\"content\":5}]}",
                "messages|{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}",
                "prompt|{\"prompt\":5}",
                "prompt|{\"prompt\":[]}",
                "prompt|{\"prompt\":[\"a\",\"b\"]}",
                "prompt|{\"prompt\":[1,2.5]}",
                "prompt|{\"prompt\":[1,-2]}",
                "prompt|{\"prompt\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                "labels|{\"prompt\":\"x\",\"task\":\"classify\"}",
                "labels|{\"prompt\":\"x\",\"task\":\"classify\",\"labels\":[]}",
                "labels|{\"prompt\":\"x\",\"task\":\"classify\",\"labels\":[\"a\",\"a\"]}",
                "input|{\"input\":\"x\"}",
                "input|{\"task\":\"embed\",\"input\":\"x\",\"prompt\":\"x\"}",
                "input|{\"task\":\"embed\",\"input\":[\"x\",\"y\"]}",
                "dimensions|{\"task\":\"embed\",\"input\":\"x\",\"dimensions\":0}",
                "truncate_prompt_tokens|{\"task\":\"embed\",\"input\":\"x\",\"truncate_prompt_tokens\":8}",
                "documents|{\"task\":\"rerank\",\"query\":\"x\"}",
                "documents|{\"task\":\"rerank\",\"query\":\"x\",\"documents\":[{}]}",
                "scoring|{\"task\":\"rerank\",\"query\":\"x\",\"documents\":[\"a\"],\"scoring\":\"best\"}",
                "top_n|{\"task\":\"rerank\",\"query\":\"x\",\"documents\":[\"a\"],\"top_n\":0}",
                "min_tokens|{\"prompt\":\"x\",\"max_tokens\":2,\"min_tokens\":3}"
            })
    void shouldNameTheFieldThatMakesAPromptInvalid(String field, String json) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(
                        Invalid.class, e -> assertThat(e.parameter()).isEqualTo(field));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{not json", "", "   ", "{\"prompt\":\"x\"} trailing", "{\"prompt\":NaN}", "{\"prompt\":\"x\""})
    void shouldTellUnreadableBytesFromInvalidRequests(String value) {
        assertThatThrownBy(() -> parse(value)).isInstanceOf(UnreadablePromptException.class);
    }

    @Test
    void shouldNotCarryThePromptInTheMessageAboutUnreadableBytes() {
        assertThatThrownBy(() -> parse("{\"prompt\":\"my secret\",,}"))
                .isInstanceOf(UnreadablePromptException.class)
                .message()
                .doesNotContain("secret");
    }

    @Test
    void shouldRefuseNestingThatCouldExhaustTheStack() {
        String json = "{\"prompt\":\"x\",\"other\":" + "[".repeat(5000) + "]".repeat(5000) + "}";
        assertThatThrownBy(() -> parse(json)).isInstanceOf(UnreadablePromptException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "5", "\"text\"", "null", "true"})
    void shouldCallJsonThatIsNoObjectInvalid(String value) {
        assertThatThrownBy(() -> parse(value)).isInstanceOf(Invalid.class).hasMessageContaining("object");
    }

    @Test
    void shouldTakeABatchOfOneForThatOne() {
        assertThat(parse("{\"prompt\":[\"Hi\"]}").prompt()).isEqualTo(new Prompt.Text("Hi"));
        assertThat(parse("{\"prompt\":[[1,2,3]]}").prompt()).isEqualTo(new Prompt.Tokens(List.of(1, 2, 3)));
        assertThatThrownBy(() -> parse("{\"prompt\":[\"Hi\",\"Ho\"]}"))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("batch of 2");
    }

    @Test
    void shouldReadHowSpecialTokensOfATextPromptAreTaken() {
        assertThat(parse("{\"prompt\":\"x\",\"parse_special\":true,\"add_special_tokens\":false}")
                        .prompt())
                .isEqualTo(new Prompt.Text("x", false, true));
        assertThatThrownBy(() -> parse("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"parse_special\":true}"))
                .isInstanceOfSatisfying(
                        Invalid.class, e -> assertThat(e.parameter()).isEqualTo("parse_special"));
    }

    @Test
    void shouldTakeTheTextCompletionFormOfLogprobs() {
        assertThat(parse("{\"prompt\":[1,2],\"logprobs\":5}").sampling().logprobs())
                .isEqualTo(5);
        assertThat(parse("{\"prompt\":[1,2],\"logprobs\":true}").sampling().logprobs())
                .isZero();
        assertThat(parse("{\"prompt\":[1,2],\"logprobs\":false}").sampling().logprobs())
                .isNull();
        assertThat(parse("{\"prompt\":[1,2]}").prompt()).isEqualTo(new Prompt.Tokens(List.of(1, 2)));
    }

    @Test
    void shouldReadStructuredOutputs() {
        assertThat(constraint("{\"choice\":[\"a\",\"b\"]}")).isEqualTo(new OutputConstraint.Choice(List.of("a", "b")));
        assertThat(constraint("{\"regex\":\"[0-9]+\"}")).isEqualTo(new OutputConstraint.Regex("[0-9]+"));
        assertThat(constraint("{\"json\":{\"type\":\"array\"}}"))
                .isEqualTo(new OutputConstraint.JsonSchema("{\"type\":\"array\"}", "structured_outputs"));
        assertThat(constraint("{\"json\":\"{\\\"type\\\": \\\"array\\\"}\"}"))
                .isEqualTo(new OutputConstraint.JsonSchema("{\"type\":\"array\"}", "structured_outputs"));
        assertThat(constraint("{\"grammar\":\"root ::= [a-z]\"}"))
                .isEqualTo(new OutputConstraint.Grammar("root ::= [a-z]", "structured_outputs"));
        assertThat(constraint("{\"structural_tag\":\"{\\\"format\\\": {}}\"}"))
                .isEqualTo(new OutputConstraint.StructuralTag("{\"format\":{}}", "structured_outputs"));
        assertThat(parse("{\"prompt\":\"Once\",\"response_format\":{\"type\":\"structural_tag\",\"format\":{}}}")
                        .sampling()
                        .constraint())
                .isEqualTo(new OutputConstraint.StructuralTag("{\"type\":\"structural_tag\",\"format\":{}}"));
        assertThat(constraint("{\"json_object\":true}"))
                .isEqualTo(new OutputConstraint.JsonObject("structured_outputs"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"guided_json\":{\"type\":\"array\"}|JsonSchema[schema={\"type\":\"array\"}, field=guided_json]",
                "\"guided_json\":\"{\\\"type\\\": 1}\"|JsonSchema[schema={\"type\":1}, field=guided_json]",
                "\"guided_choice\":[\"a\",\"b\"]|Choice[choices=[a, b], field=guided_choice]",
                "\"guided_regex\":\"[0-9]\"|Regex[pattern=[0-9], field=guided_regex]",
                "\"guided_grammar\":\"start: X\"|Grammar[grammar=start: X, field=guided_grammar]",
                "\"response_format\":{\"type\":\"json_object\",\"schema\":{\"type\":\"array\"}}"
                        + "|JsonSchema[schema={\"type\":\"array\"}, field=response_format]",
                "\"response_format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"array\"}}"
                        + "|JsonSchema[schema={\"type\":\"array\"}, field=response_format]",
                "\"response_format\":{\"type\":\"text\"},\"guided_regex\":\"a\"|Regex[pattern=a, field=guided_regex]"
            })
    void shouldReadFormsAsOtherServersTakeThem(String fields, String constraint) {
        assertThat(parse("{\"prompt\":\"Once\"," + fields + "}").sampling().constraint())
                .hasToString(constraint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"response_format\":{\"type\":\"json_object\"},\"structured_outputs\":{\"regex\":\"a\"}"
                        + "|response_format and structured_outputs.regex",
                "\"guided_regex\":\"a\",\"response_format\":{\"type\":\"json_object\"}|response_format and guided_regex",
                "\"guided_regex\":\"a\",\"guided_json\":{}|guided_json and guided_regex",
                "\"structured_outputs\":{\"regex\":\"a\",\"choice\":[\"a\"]}"
                        + "|structured_outputs.choice and structured_outputs.regex"
            })
    void shouldNameBothOfTwoForms(String fields, String both) {
        assertThatThrownBy(() -> parse("{\"prompt\":\"Once\"," + fields + "}"))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith(both);
    }

    @Test
    void shouldTakeTheIdFromTheBodyThenTheHeaderThenTheCoordinates() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("ce_id", "from-header".getBytes(StandardCharsets.UTF_8));
        assertThat(PromptEvent.resolveId("from-body", headers, "prompts-1-5")).isEqualTo("from-body");
        assertThat(PromptEvent.resolveId(null, headers, "prompts-1-5")).isEqualTo("from-header");
        assertThat(PromptEvent.resolveId(null, new RecordHeaders(), "prompts-1-5"))
                .isEqualTo("prompts-1-5");
    }

    @Test
    void shouldTellIdAndShapeOfAnInvalidPrompt() {
        PromptEnvelope envelope = PromptEnvelope.read(bytes("{\"id\":\"r\",\"prompt\":\"x\",\"n\":0}"));
        assertThat(envelope.id()).isEqualTo("r");
        assertThat(envelope.shape()).isEqualTo(OutputEvents.Shape.TEXT);
        assertThatThrownBy(envelope::event).isInstanceOf(Invalid.class);
    }

    private static @Nullable OutputConstraint constraint(String json) {
        return parse("{\"prompt\":\"x\",\"structured_outputs\":" + json + "}")
                .sampling()
                .constraint();
    }

    private static PromptEvent parse(String json) {
        return PromptEvent.parse(bytes(json));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldTellWhereItIsNoJsonAndRepeatNothingOfIt() {
        for (String secret :
                List.of("secret prompt", "{\"messages\": secret}", "{\"a\":\"b\"} secret", "{\"secret\": \"")) {
            assertThatThrownBy(() -> PromptEnvelope.read(secret.getBytes(StandardCharsets.UTF_8)))
                    .as(secret)
                    .isInstanceOf(UnreadablePromptException.class)
                    .hasMessageContaining("is not JSON at line 1, column ")
                    .hasMessageNotContaining("secret")
                    .hasNoCause();
        }
    }

    @Test
    void shouldNameTheFrameOfASchemaRegistry() {
        byte[] framed = ("\0\0\0\0\7" + "{\"prompt\":\"secret\"}").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> PromptEnvelope.read(framed))
                .isInstanceOf(UnreadablePromptException.class)
                .hasMessageContaining("schema id 7")
                .hasMessageContaining("without the frame");
    }
}
