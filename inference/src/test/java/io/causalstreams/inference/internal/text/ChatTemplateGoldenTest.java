package io.causalstreams.inference.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.testing.Resources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplateGoldenTest {

    @Test
    void shouldRenderAndEncodeConversationsOfTheDefaultModelAsTheReferenceDoes(@TempDir Path directory) {
        Resources.smolLm2Tokenizer(directory);
        ChatTemplate template = ChatTemplate.load(directory).orElseThrow();
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(directory)) {
            for (JsonNode golden : Resources.json("goldens/smollm2_chat.json").path("cases")) {
                List<Prompt.Message> messages = new ArrayList<>();
                golden.path("messages")
                        .forEach(message -> messages.add(new Prompt.Message(
                                message.path("role").asText(),
                                message.path("content").asText())));

                List<Tokenizer.TemplatePart> parts = template.render(messages);

                assertThat(parts.stream().map(Tokenizer.TemplatePart::text).collect(Collectors.joining()))
                        .isEqualTo(golden.path("text").asText());
                List<Integer> ids = new ArrayList<>();
                golden.path("ids").forEach(id -> ids.add(id.asInt()));
                assertThat(tokenizer.encodeTemplate(parts)).containsExactly(ids.toArray(Integer[]::new));
            }
        }
    }
}
