package io.causalstreams.inference.internal.constraint.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint.StructuralTag;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.Writer;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StructuralTagTest {

    private static final TestVocabulary VOCABULARY = TestVocabulary.synthetic(500, new Random(1));
    private static final int SPECIAL = 256;

    private static final String WEATHER = """
            {"type": "tag", "begin": "<function=weather>", "end": "</function>", "content": {
              "type": "json_schema", "json_schema": {
                "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}""";

    private final ConstraintCompiler compiler = new ConstraintCompiler(VOCABULARY);

    @Test
    void shouldConstrainSpansInFreeTextAsVllmWritesThem() {
        check(
                """
                {"type": "structural_tag", "triggers": ["<function="], "structures": [
                  {"begin": "<function=add>", "schema": {"type": "integer"}, "end": "</function>"},
                  {"begin": "<function=no>", "schema": {"type": "null"}, "end": "</function>"}]}
                """,
                List.of(
                        "",
                        "Free text, é, <funct",
                        "<function=add>12</function>",
                        "Well: <function=no>null</function><function=add>1</function> done",
                        "</function> <<function=add>0</function>"),
                List.of(
                        "<function=",
                        "<function=sub>",
                        "<function=add>x</function>",
                        "a <function=add>1",
                        "<function=no>1"));
    }

    @Test
    void shouldReadTriggeredTags() {
        String tags = "{\"format\": {\"type\": \"triggered_tags\", \"triggers\": [\"<function=\"], \"tags\": ["
                + WEATHER + "]%s}}";
        String call = "<function=weather>{\"city\": \"Oslo\"}</function>";
        check(tags.formatted(""), List.of("", "I call. " + call + " " + call), List.of("<function=weather>{}"));
        check(
                tags.formatted(", \"at_least_one\": true"),
                List.of(call, call + " done"),
                List.of("", "text", "text " + call));
        check(
                tags.formatted(", \"stop_after_first\": true"),
                List.of("text", "text " + call),
                List.of(call + " more", call + call));
        check(tags.formatted(", \"excludes\": [\"no\"]"), List.of("yes " + call), List.of("no", "I do not"));
    }

    @Test
    void shouldEndFreeTextAtTheTagsEnd() {
        check(
                """
                {"format": {"type": "sequence", "elements": [
                  {"type": "tag", "begin": "<think>", "content": {"type": "any_text"}, "end": "</think>"},
                  {"type": "const_string", "value": "Answer: "},
                  {"type": "or", "elements": [
                    {"type": "regex", "pattern": "[0-9]+"},
                    {"type": "grammar", "grammar": "root ::= \\"(\\" root \\")\\" | \\"x\\""}]}]}}
                """,
                List.of("<think></think>Answer: 1", "<think>a <b</think>Answer: ((x))"),
                List.of("<think>Answer: 1", "<think></think></think>Answer: 1", "<think></think>Answer: ((x)"));
    }

    @Test
    void shouldReadCountsAndSeparators() {
        check("""
                {"format": {"type": "sequence", "elements": [
                  {"type": "repeat", "min": 1, "max": 2, "content": {"type": "const_string", "value": "a"}},
                  {"type": "star", "content": {"type": "const_string", "value": "b"}},
                  {"type": "optional", "content": {"type": "const_string", "value": "c"}},
                  {"type": "tags_with_separator", "separator": ",", "tags": [
                    {"type": "tag", "begin": "<", "content": {"type": "any_text"}, "end": ["]", ">"]}]}]}}
                """, List.of("a", "aabbc", "ac<x],<y>", "a<>"), List.of("", "aaa", "acc", "a<x>,", "a<x><y>"));
    }

    @Test
    void shouldLoopThroughTriggeredTagsUntilTheTagAroundThemEnds() {
        check("""
                {"format": {"type": "sequence", "elements": [
                  {"type": "tag", "begin": "[", "end": "]", "content": {
                    "type": "dispatch", "rules": [["n=", {"type": "regex", "pattern": "[0-9]+;"}]]}},
                  {"type": "const_string", "value": "!"}]}}
                """, List.of("[]!", "[free n=12; n=3;]!"), List.of("[n=]!", "[n=1]!", "[]", "[]]!"));
    }

    @Test
    void shouldMatchATagThatIsASpecialTokenByThatToken() {
        // Given
        TokenConstraint tag = compile("""
                {"structures": [{"begin": "<|special_256|>[", "schema": {"type": "boolean"}, "end": "]<|special_256|>"}],
                 "triggers": ["<|special_256|>"]}
                """);

        // When
        TokenConstraint.State free = after(tag.start(), "Text: <|special_256|>[");
        TokenConstraint.State inside = free.after(SPECIAL);
        TokenConstraint.State end = after(inside, "[true]");

        // Then
        assertThat(free.accepting()).isTrue();
        assertThat(free.allowed().get(SPECIAL)).isTrue();
        assertThat(inside.accepting()).isFalse();
        assertThat(inside.allowed().get(SPECIAL)).isFalse();
        assertThat(end.allowed().stream().toArray()).containsExactly(SPECIAL);
        assertThat(after(end.after(SPECIAL), " more").accepting()).isTrue();
    }

    @Test
    void shouldMatchTokensOfTokenLevelTags() {
        // Given
        TokenConstraint tag = compile("""
                {"format": {"type": "tag", "begin": {"type": "token", "token": 256}, "content": {"type": "any_tokens"},
                            "end": {"type": "token", "token": "<|special_256|>"}}}
                """);

        // When
        TokenConstraint.State inside = after(tag.start().after(SPECIAL), "any");

        // Then
        assertThat(inside.allowed().cardinality()).isEqualTo(VOCABULARY.size());
        assertThat(inside.after(SPECIAL).accepting()).isTrue();
        assertThat(inside.after(SPECIAL).allowed().isEmpty()).isTrue();
    }

    @Test
    void shouldNotGrowWithTheNumberOfSpans() {
        // Given
        TokenConstraint tag =
                compile("{\"format\": {\"type\": \"triggered_tags\", \"triggers\": [\"<function=\"], \"tags\": ["
                        + WEATHER + "]}}");
        String call = "<function=weather>{\"city\": \"Oslo\"}</function> and ";

        // When
        TokenConstraint.State once = after(tag.start(), call);
        TokenConstraint.State often = after(once, call.repeat(200));

        // Then
        assertThat(often.allowed()).isSameAs(once.allowed());
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " # ",
            quoteCharacter = '`',
            value = {
                "[] # structural_tag must be an object",
                "{} # structural_tag.structures must be a list",
                "{\"format\": {}} # structural_tag.format.type must be a string",
                "{\"format\": {\"type\": \"xml\"}} # structural_tag.format.type 'xml' is not supported",
                "{\"format\": {\"type\": \"any_text\", \"max_tokens\": 3}} # structural_tag.format.max_tokens is not supported",
                "{\"structures\": [{\"begin\": \"<a>\", \"schema\": {}, \"end\": \"\"}], \"triggers\": [\"<b\"]} # "
                        + "structural_tag.triggers has none that '<a>' begins with",
                "{\"structures\": [{\"begin\": \"<a>\", \"schema\": 1, \"end\": \"\"}], \"triggers\": [\"<a\"]} # "
                        + "structural_tag.structures[0].schema must be a JSON Schema",
                "{\"format\": {\"type\": \"json_schema\", \"json_schema\": {}, \"style\": \"qwen_xml\"}} # "
                        + "structural_tag.format.style 'qwen_xml' is not supported",
                "{\"format\": {\"type\": \"token\", \"token\": \"<none>\"}} # "
                        + "structural_tag.format.token \"<none>\" is not one token of the vocabulary"
            })
    void shouldRefuseByPath(String tag, String message) {
        assertThatThrownBy(() -> compile(tag))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessage("response_format: " + message.strip());
    }

    private TokenConstraint compile(String tag) {
        return compiler.compile(new StructuralTag(tag));
    }

    private void check(String tag, List<String> accepted, List<String> refused) {
        TokenConstraint compiled = compile(tag);
        for (String text : accepted) {
            assertThat(Writer.accepts(compiled, VOCABULARY, text)).as(text).isTrue();
        }
        for (String text : refused) {
            assertThat(Writer.accepts(compiled, VOCABULARY, text)).as(text).isFalse();
        }
    }

    private static TokenConstraint.State after(TokenConstraint.State from, String text) {
        TokenConstraint.State state = from;
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            state = state.after(VOCABULARY.singleByte(value & 0xFF));
        }
        return state;
    }
}
