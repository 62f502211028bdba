package io.causalstreams.inference.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.testing.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Conversations with tools, calls, results and reasoning as transformers renders them with the models' own templates. */
class ChatToolsGoldenTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-07T09:05:02Z"), ZoneOffset.UTC);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> shouldRenderConversationsAsTransformersDoes() throws IOException {
        Map<String, ChatTemplate> templates = new HashMap<>();
        for (Map.Entry<String, JsonNode> model :
                Resources.json("goldens/chat_tools_templates.json").properties()) {
            Path files = Files.createDirectory(directory.resolve(model.getKey()));
            JSON.writeValue(
                    files.resolve("tokenizer_config.json").toFile(),
                    Map.of(
                            "bos_token", model.getValue().path("bos_token").asText(),
                            "eos_token", model.getValue().path("eos_token").asText(),
                            "chat_template", model.getValue().path("template").asText()));
            templates.put(model.getKey(), ChatTemplate.load(files, CLOCK).orElseThrow());
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode golden : Resources.json("goldens/chat_tools.json").path("cases")) {
            ChatTemplate template =
                    Objects.requireNonNull(templates.get(golden.path("model").asText()));
            tests.add(DynamicTest.dynamicTest(
                    golden.path("model").asText() + ": "
                            + golden.path("conversation").asText(),
                    () -> {
                        if (golden.has("refused")) {
                            assertThatThrownBy(() -> template.render(chat(golden)))
                                    .isInstanceOf(GenerationException.Invalid.class)
                                    .hasMessageContaining(golden.path("refused").asText());
                        } else if (golden.has("dropped")) {
                            assertThatThrownBy(() -> template.render(chat(golden)))
                                    .isInstanceOf(GenerationException.Invalid.class)
                                    .hasMessageContaining(
                                            "messages[" + golden.path("dropped").asInt() + "] ");
                        } else {
                            assertThat(template.render(chat(golden)).text())
                                    .isEqualTo(golden.path("text").asText());
                        }
                    }));
        }
        return tests.stream();
    }

    private static Prompt.Chat chat(JsonNode golden) {
        ChatOptions.Builder options = ChatOptions.builder()
                .addGenerationPrompt(golden.path("add_generation_prompt").asBoolean(true));
        if (golden.has("enable_thinking")) {
            options.templateVariables(
                    Map.of("enable_thinking", golden.path("enable_thinking").asBoolean()));
        }
        List<Tool> tools = new ArrayList<>();
        golden.path("tools")
                .forEach(tool -> tools.add(new Tool(
                        tool.at("/function/name").asText(),
                        tool.at("/function/parameters").toString(),
                        tool.toString())));
        List<Prompt.Message> messages = new ArrayList<>();
        golden.path("messages").forEach(message -> messages.add(message(message)));
        return new Prompt.Chat(messages, options.tools(tools).build());
    }

    private static Prompt.Message message(JsonNode message) {
        List<Prompt.ToolCall> calls = new ArrayList<>();
        message.path("tool_calls")
                .forEach(call -> calls.add(new Prompt.ToolCall(
                        call.path("id").asText(),
                        call.at("/function/name").asText(),
                        call.at("/function/arguments").toString())));
        JsonNode content = message.path("content");
        return new Prompt.Message(
                message.path("role").asText(),
                content.isNull() ? List.of() : List.of(content.asText()),
                message.has("name") ? message.path("name").asText() : null,
                message.has("reasoning_content")
                        ? message.path("reasoning_content").asText()
                        : null,
                calls,
                message.has("tool_call_id") ? message.path("tool_call_id").asText() : null);
    }
}
