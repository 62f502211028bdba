package io.causalstreams.tuning.internal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.internal.text.ChatTemplate;
import io.causalstreams.inference.internal.text.HuggingFaceTokenizer;
import io.causalstreams.inference.internal.text.Tokenizer;
import io.causalstreams.tuning.TuningException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records for a model whose tokens are bytes: token 1 begins a text, token 2 ends a turn. */
class RecordReaderTest {
    private static final Path TINY = Path.of("../onnx-export/src/test/resources/tiny/llama-tied");
    private static final String TEMPLATE = "{% for m in messages %}{{ m.role[0] }}:{{ m.content }}\u0002{% endfor %}"
            + "{% if add_generation_prompt %}a:{% endif %}";
    /** Opens an answer with a thought that it does not write into answers of the past. */
    private static final String THINKING = TEMPLATE.replace("%}a:{%", "%}a:<think>{%");

    @TempDir
    private Path directory;

    private Tokenizer tokenizer;

    @BeforeEach
    void open() {
        tokenizer = HuggingFaceTokenizer.open(TINY);
    }

    @AfterEach
    void close() throws Exception {
        tokenizer.close();
    }

    @Test
    void shouldLearnTheLastAnswerOfAConversationAndTheTokenThatEndsIt() throws IOException {
        assertThat(read(
                        TEMPLATE,
                        "{'messages': [{'role':'user','content':'2?'}, {'role':'assistant','content':'4'},"
                                + " {'role':'user','content':'3?'}, {'role':'assistant','content':'9'}]}"))
                .isEqualTo(example("u:2?\u0002a:4\u0002u:3?\u0002a:", "9\u0002"));
    }

    @Test
    void shouldReadCompletionsAndLabelsAsAnswers() throws IOException {
        for (String name : List.of("completion", "label")) {
            assertThat(read(TEMPLATE, "{'messages': [{'role':'user','content':'2?'}], '%s': '4'}".formatted(name)))
                    .as(name)
                    .isEqualTo(example("u:2?\u0002a:", "4\u0002"));
        }
    }

    @Test
    void shouldContinueAPlainPromptBehindTheTokenThatBeginsTexts() throws IOException {
        assertThat(read(TEMPLATE, "{'prompt': '2 + 2 =', 'completion': ' 4'}"))
                .isEqualTo(example("\u00012 + 2 =", " 4\u0002"));
    }

    @Test
    void shouldLearnTheAnswerBehindWhatOpensItEvenIfEarlierAnswersAreWrittenInAnotherWay() throws IOException {
        assertThat(read(THINKING, "{'messages': [{'role':'user','content':'2?'}], 'completion': '4'}"))
                .isEqualTo(example("u:2?\u0002a:<think>", "4\u0002"));
    }

    @Test
    void shouldSayWhatIsWrongWithARecord() {
        Map.of(
                        "{'messages': [{'role':'user','content':'2?'}]}", "its last message must be an assistant's",
                        "{'messages': [{'role':'user'}], 'label': 'x'}", "a message needs a role and a content",
                        "{'prompt': 'a'}", "needs messages that end with an answer",
                        "{'prompt'", "is not JSON")
                .forEach((record, message) -> assertThatThrownBy(() -> read(TEMPLATE, record))
                        .isInstanceOf(TuningException.class)
                        .hasMessageContaining("records.jsonl, line 1: " + message));
    }

    @Test
    void shouldRefuseConversationsOfAModelWithoutATemplate() {
        assertThatThrownBy(() -> read(null, "{'messages': [{'role':'user','content':'2?'}], 'label': '4'}"))
                .hasMessageContaining("line 1: has messages, and the model has no chat template");
    }

    @Test
    void shouldRefuseARecordLongerThanAllowed() {
        assertThatThrownBy(() -> read(TEMPLATE, "{'prompt': '%s', 'completion': ' 4'}".formatted("x".repeat(40))))
                .hasMessageContaining("line 1: has 44 tokens, more than --max-tokens 40");
    }

    private Example read(@Nullable String template, String record) throws IOException {
        Files.writeString(
                directory.resolve("tokenizer_config.json"),
                template == null ? "{}" : new ObjectMapper().writeValueAsString(Map.of("chat_template", template)));
        Optional<ChatTemplate> chat = ChatTemplate.load(directory);
        Path records = Files.writeString(directory.resolve("records.jsonl"), record.replace('\'', '"'));
        return new RecordReader(tokenizer, chat, 1, List.of(2))
                .read(records, 40)
                .get(0);
    }

    /** Tokens are bytes. */
    private static Example example(String prompt, String completion) {
        byte[] bytes = (prompt + completion).getBytes(StandardCharsets.UTF_8);
        int[] tokens = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            tokens[i] = bytes[i];
        }
        return new Example(tokens, prompt.length());
    }
}
