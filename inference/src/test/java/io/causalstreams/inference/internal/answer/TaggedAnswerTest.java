package io.causalstreams.inference.internal.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.AnswerReader;
import io.causalstreams.inference.internal.answer.AnswerSyntax.Calls;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TaggedAnswerTest {
    private static final Set<String> TOOLS = Set.of("weather", "time", "no_arguments");

    /** An answer's parts in short: content as it is, reasoning in «», calls as {@code name(json)}. */
    private static String read(Calls calls, String text) {
        return read(new AnswerSyntax(new AnswerSyntax.Tags("<think>", "</think>"), calls, false), text, false);
    }

    private static String read(AnswerSyntax syntax, String text, boolean insideThinking) {
        String whole = inShort(parts(syntax, List.of(text), insideThinking));
        String single =
                inShort(parts(syntax, text.chars().mapToObj(Character::toString).toList(), insideThinking));
        assertThat(single).as("character by character").isEqualTo(whole);
        Random random = new Random(text.hashCode());
        for (int run = 0; run < 20; run++) {
            assertThat(inShort(parts(syntax, cut(text, random), insideThinking)))
                    .as("cut at random")
                    .isEqualTo(whole);
        }
        return whole;
    }

    private static List<String> cut(String text, Random random) {
        List<String> deltas = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            deltas.add(text.substring(at, end));
            at = end;
        }
        return deltas;
    }

    private static List<AnswerPart> parts(AnswerSyntax syntax, List<String> deltas, boolean insideThinking) {
        AnswerReader reader = new TaggedAnswer(syntax, TOOLS, insideThinking);
        List<AnswerPart> parts = new ArrayList<>();
        deltas.forEach(delta -> parts.addAll(reader.accept(delta)));
        parts.addAll(reader.finish());
        return parts;
    }

    private static String inShort(List<AnswerPart> parts) {
        StringBuilder text = new StringBuilder();
        boolean thinking = false;
        boolean calling = false;
        for (AnswerPart part : parts) {
            if (thinking && !(part instanceof AnswerPart.Reasoning)) {
                text.append('»');
                thinking = false;
            }
            if (calling && !(part instanceof AnswerPart.Arguments)) {
                text.append(')');
                calling = false;
            }
            if (part instanceof AnswerPart.Content content) {
                text.append(content.text());
            } else if (part instanceof AnswerPart.Reasoning reasoning) {
                text.append(thinking ? "" : "«").append(reasoning.text());
                thinking = true;
            } else if (part instanceof AnswerPart.ToolCall call) {
                text.append('#').append(call.index()).append(call.name()).append('(');
                calling = true;
            } else if (part instanceof AnswerPart.Arguments arguments) {
                text.append(arguments.json());
            }
        }
        text.append(thinking ? "»" : "").append(calling ? ")" : "");
        return text.toString();
    }

    @Nested
    class Hermes {
        @Test
        void shouldReadContentAndCalls() {
            assertThat(read(Calls.HERMES, """
                    Let me look.
                    <tool_call>
                    {"name": "weather", "arguments": {"city": "Zürich \\"x\\" }", "days": [1, 2]}}
                    </tool_call>
                    <tool_call>
                    {"name": "time", "arguments": {}}
                    </tool_call>
                    """))
                    .isEqualTo("Let me look.#0weather({\"city\": \"Zürich \\\"x\\\" }\", \"days\": [1, 2]})#1time({})");
        }

        @Test
        void shouldReadArgumentsInFrontOfTheNameAndQuotedTwice() {
            assertThat(read(Calls.HERMES, "<tool_call>{\"arguments\": {\"a\": 1}, \"name\": \"time\"}</tool_call>"))
                    .isEqualTo("#0time({\"a\": 1})");
            assertThat(read(
                            Calls.HERMES,
                            "<tool_call>{\"name\": \"time\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call>"))
                    .isEqualTo("#0time({\"a\": 1})");
        }

        @Test
        void shouldGiveEmptyArgumentsWhereThereAreNone() {
            assertThat(read(Calls.HERMES, "<tool_call>{\"name\": \"no_arguments\"}</tool_call>"))
                    .isEqualTo("#0no_arguments({})");
            assertThat(read(Calls.HERMES, "<tool_call>{\"name\": \"no_arguments\", \"arguments\": null}</tool_call>"))
                    .isEqualTo("#0no_arguments({})");
        }

        @Test
        void shouldKeepTheWhiteSpaceOfAnAnswerWithoutCalls() {
            assertThat(read(Calls.HERMES, "One.\n\nTwo <3 and <tool. \n")).isEqualTo("One.\n\nTwo <3 and <tool. \n");
        }

        @Test
        void shouldPassOnWhatIsNoCallAsText() {
            assertThat(read(Calls.HERMES, "<tool_call>{oops}</tool_call> more")).isEqualTo("{oops}</tool_call> more");
        }

        @Test
        void shouldPassOnACallThatWasCutOff() {
            assertThat(read(Calls.HERMES, "<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Zü"))
                    .isEqualTo("#0weather({\"city\": \"Zü)");
            assertThat(read(Calls.HERMES, "<tool_call>{\"na")).isEqualTo("{\"na");
        }
    }

    @Nested
    class Llama {
        @Test
        void shouldReadAnAnswerThatIsACall() {
            assertThat(read(Calls.LLAMA, "{\"name\": \"weather\", \"parameters\": {\"city\": \"Bern\"}}"))
                    .isEqualTo("#0weather({\"city\": \"Bern\"})");
        }

        @Test
        void shouldReadSeveralCallsBehindTheTag() {
            assertThat(
                            read(
                                    Calls.LLAMA,
                                    "<|python_tag|>{\"name\": \"time\", \"parameters\": {}}; {\"name\": \"weather\", \"parameters\": {\"c\": 1}}"))
                    .isEqualTo("#0time({})#1weather({\"c\": 1})");
        }

        @Test
        void shouldLeaveOtherJsonAlone() {
            assertThat(read(Calls.LLAMA, "{\"name\": \"Peter\", \"age\": 3}"))
                    .isEqualTo("{\"name\": \"Peter\", \"age\": 3}");
            assertThat(read(Calls.LLAMA, "{\"n")).isEqualTo("{\"n");
        }
    }

    @Nested
    class Mistral {
        @Test
        void shouldReadTheListOfOlderModels() {
            assertThat(
                            read(
                                    Calls.MISTRAL,
                                    "[TOOL_CALLS] [{\"name\": \"time\", \"arguments\": {}, \"id\": \"abcdefghi\"}, {\"name\": \"weather\", \"arguments\": {\"c\": 1}}]"))
                    .isEqualTo("#0time({})#1weather({\"c\": 1})");
        }

        @Test
        void shouldReadNamesOutsideOfTheJson() {
            assertThat(
                            read(
                                    Calls.MISTRAL,
                                    "Sure.[TOOL_CALLS]time[ARGS]{}[TOOL_CALLS]weather[CALL_ID]abc[ARGS]{\"c\": {\"d\": \"}\"}}"))
                    .isEqualTo("Sure.#0time({})#1weather({\"c\": {\"d\": \"}\"}})");
            assertThat(read(Calls.MISTRAL, "[TOOL_CALLS]time{\"a\": 1}")).isEqualTo("#0time({\"a\": 1})");
        }
    }

    @Nested
    class Python {
        @Test
        void shouldReadAListOfCalls() {
            assertThat(
                            read(
                                    Calls.PYTHON,
                                    "[weather(city='Z\\'rich, (CH)', days=[1, 2], deep={'a': True, 'b': None}), no_arguments(), time(x=-1.5e3)]"))
                    .isEqualTo(
                            "#0weather({\"city\": \"Z'rich, (CH)\", \"days\": [1, 2], \"deep\": {\"a\": true, \"b\": null}})#1no_arguments({})#2time({\"x\": -1.5e3})");
        }

        @Test
        void shouldReadCallsBetweenTags() {
            assertThat(read(Calls.OLMO, "Well.\n<function_calls>\ntime(a=true)\nweather(city=null)\n</function_calls>"))
                    .isEqualTo(read(
                            Calls.PYTHON, "Well.\n<|python_start|>[time(a=True), weather(city=None)]<|python_end|>"));
            assertThat(read(Calls.PYTHON, "Well: <|python_start|>[time(a=1)]<|python_end|>"))
                    .isEqualTo("Well:#0time({\"a\": 1})");
        }

        @Test
        void shouldLeaveOtherListsAlone() {
            assertThat(read(Calls.PYTHON, "[1, 2]")).isEqualTo("[1, 2]");
            assertThat(read(Calls.PYTHON, "[sum(1)]")).isEqualTo("[sum(1)]");
        }
    }

    @Nested
    class Granite {
        @Test
        void shouldReadAList() {
            assertThat(read(
                            Calls.GRANITE,
                            "<|tool_call|>[{\"name\": \"time\", \"arguments\": {\"a\": 1}}]<|/tool_call|>"))
                    .isEqualTo("#0time({\"a\": 1})");
        }
    }

    @Nested
    class Reasoning {
        @Test
        void shouldStandApartFromTheAnswer() {
            assertThat(read(Calls.HERMES, "<think>\nHm,\n\n so.\n</think>\n\nYes."))
                    .isEqualTo("«Hm,\n\n so.»Yes.");
        }

        @Test
        void shouldComeBeforeCalls() {
            assertThat(read(Calls.HERMES, "<think>Hm <tool_call></think>\n<tool_call>{\"name\": \"time\"}</tool_call>"))
                    .isEqualTo("«Hm <tool_call>»#0time({})");
        }

        @Test
        void shouldBeginInThePrompt() {
            AnswerSyntax syntax = AnswerSyntax.of("{{ '<think>' }} {{ content.split('</think>')[-1] }}");
            assertThat(read(syntax, "Hm.\n</think>\n\nYes.", true)).isEqualTo("«Hm.»Yes.");
            assertThat(read(syntax, "Hm, cut", true)).isEqualTo("«Hm, cut»");
        }

        @Test
        void shouldBeTextInTheMiddleOfAText() {
            assertThat(read(Calls.HERMES, "The tag <think> begins it.")).isEqualTo("The tag <think> begins it.");
        }
    }
}
