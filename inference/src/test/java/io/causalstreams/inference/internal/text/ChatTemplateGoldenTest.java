package io.causalstreams.inference.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.testing.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Conversations as Jinja2, set up as transformers does, renders them. */
class ChatTemplateGoldenTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-07T09:05:02Z"), ZoneOffset.UTC);

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> shouldRenderTemplatesAsJinja2Does() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode golden : Resources.json("goldens/chat_templates.json").path("cases")) {
            tests.add(DynamicTest.dynamicTest(golden.path("name").asText(), () -> {
                JinjaTemplate template =
                        new JinjaTemplate(golden.path("template").asText(), CLOCK);
                Map<String, Object> variables = new TemplateVariables(false, true)
                        .of(messages(golden), ChatOptions.DEFAULT, UnaryOperator.identity());
                variables.putAll(Map.of("bos_token", "<s>", "eos_token", "</s>", "pad_token", "<pad>"));
                if (golden.has("refused")) {
                    assertThatThrownBy(() -> template.render(variables))
                            .isInstanceOf(GenerationException.Invalid.class)
                            .hasMessageContaining(golden.path("refused").asText());
                } else {
                    assertThat(template.render(variables))
                            .isEqualTo(golden.path("text").asText());
                }
            }));
        }
        return tests.stream();
    }

    @Test
    void shouldRenderAndEncodeConversationsOfTheDefaultModelAsTheReferenceDoes() {
        Resources.smolLm2Tokenizer(directory);
        ChatTemplate template = ChatTemplate.load(directory).orElseThrow();
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(directory)) {
            for (JsonNode golden : Resources.json("goldens/smollm2_chat.json").path("cases")) {
                List<Tokenizer.TemplatePart> parts =
                        template.render(new Prompt.Chat(messages(golden))).parts();

                assertThat(text(parts)).isEqualTo(golden.path("text").asText());
                assertThat(tokenizer.encodeTemplate(parts)).isEqualTo(Resources.ints(golden.path("ids")));
            }
        }
    }

    private static List<Prompt.Message> messages(JsonNode golden) {
        List<Prompt.Message> messages = new ArrayList<>();
        golden.path("messages")
                .forEach(message -> messages.add(new Prompt.Message(
                        message.path("role").asText(), message.path("content").asText())));
        return messages;
    }

    private static String text(List<Tokenizer.TemplatePart> parts) {
        return parts.stream().map(Tokenizer.TemplatePart::text).collect(Collectors.joining());
    }
}
