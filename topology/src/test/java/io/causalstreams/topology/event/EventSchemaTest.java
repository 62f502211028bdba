package io.causalstreams.topology.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.topology.Documents;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON Schema files, the records, the golden events and the page about them say the same. */
class EventSchemaTest {

    private static final PropertyNamingStrategies.NamingBase SNAKE_CASE =
            new PropertyNamingStrategies.SnakeCaseStrategy();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    @ParameterizedTest
    @CsvSource({
        "token,token-chat-first",
        "token,token-chat-next",
        "token,token-text",
        "completion,completion-chat",
        "completion,completion-text",
        "completion,completion-classify",
        "completion,completion-embed",
        "completion,completion-rerank",
        "completion,completion-error",
        "completion,completion-invalid"
    })
    void shouldHoldEveryGoldenEventToItsSchema(String event, String golden) {
        assertThat(errors(event, resource("/events/v1/" + golden + ".json"))).isEmpty();
    }

    @Test
    void shouldRefuseEventsThatAreNone() {
        assertThat(errors("token", resource("/events/v1/completion-chat.json"))).isNotEmpty();
        assertThat(errors("completion", resource("/events/v1/token-text.json"))).isNotEmpty();
    }

    @Test
    void shouldHaveASchemaPropertyForEveryField() {
        assertThat(properties("prompt")).isEqualTo(new TreeSet<>(PromptEvent.FIELDS));
        assertThat(properties("token")).isEqualTo(components(TokenEvent.class));
        assertThat(properties("completion")).isEqualTo(components(CompletionEvent.class));
        assertThat(choiceProperties("token")).isEqualTo(components(TokenEvent.Choice.class));
        assertThat(choiceProperties("completion")).isEqualTo(components(CompletionEvent.Choice.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\":\"x\",\"temperature\":-1}",
                "{\"prompt\":\"x\",\"top_p\":0}",
                "{\"prompt\":\"x\",\"n\":0}",
                "{\"prompt\":\"x\",\"n\":\"2\"}",
                "{\"prompt\":\"x\",\"stop\":[\"\"]}",
                "{\"prompt\":\"x\",\"logit_bias\":{\"a\":1}}",
                "{\"prompt\":\"x\",\"logprobs\":21}",
                "{\"prompt\":\"x\",\"deadline\":1800000000000}",
                "{\"prompt\":\"x\",\"task\":\"translate\"}",
                "{\"messages\":[{\"role\":\"user\"}]}",
                "{\"prompt\":[]}",
                "{\"prompt\":[[]]}",
                "{\"prompt\":[\"a\",\"b\"]}",
                "{\"prompt\":[[[1]]]}",
                "{\"prompt\":\"x\",\"parse_special\":1}",
                "{\"task\":\"embed\",\"input\":5}",
                "{\"task\":\"embed\",\"input\":\"x\",\"dimensions\":0}",
                "{\"task\":\"rerank\",\"query\":\"x\",\"documents\":[1]}"
            })
    void shouldRefuseInSchemaAndReaderAlike(String json) {
        assertThat(errors("prompt", json)).isNotEmpty();
        assertThatThrownBy(() -> PromptEvent.parse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\":\"x\",\"max_tokens\":5.0,\"unknown\":[]}",
                "{\"prompt\":[\"x\"]}",
                "{\"task\":\"embed\",\"input\":[1,2],\"dimensions\":2,\"truncate_prompt_tokens\":-1}",
                "{\"task\":\"rerank\",\"query\":\"x\",\"documents\":[\"a\",{\"text\":\"b\"}],\"top_n\":1}",
                "{\"prompt\":[[1,2]]}",
                "{\"prompt\":\"x\",\"parse_special\":true,\"add_special_tokens\":false}",
                "{\"prompt\":[1,2],\"logprobs\":3,\"stop\":\"a\"}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}],\"logprobs\":true,\"seed\":-1}"
            })
    void shouldAcceptInSchemaAndReaderAlike(String json) {
        assertThat(errors("prompt", json)).isEmpty();
        assertThat(PromptEvent.parse(json.getBytes(StandardCharsets.UTF_8))).isNotNull();
    }

    @Test
    void shouldDocumentEveryField() {
        StringBuilder page = new StringBuilder(resource("/events/page-head.md"));
        for (String event : List.of("prompt", "token", "completion")) {
            JsonNode schema = tree(event);
            page.append("\n## ").append(schema.get("title").asText()).append("\n\n");
            page.append(schema.get("description").asText()).append('\n');
            table(page, schema);
            if (event.equals("prompt")) {
                page.append(treatments());
            }
            JsonNode choice = schema.at("/properties/choices/items");
            if (!choice.isMissingNode()) {
                page.append("\nIn `choices`:\n");
                table(page, choice);
            }
        }
        Documents.assertUpToDate("events.md", page.toString());
    }

    private static String treatments() {
        StringBuilder page = new StringBuilder("""

                ### What becomes of the fields people send

                Those of OpenAI, of vLLM and of llama.cpp's server. One that would change the answer and is not honoured makes the
                request invalid, by its name; null is the same as absent. A field that is none of theirs is ignored.

                | field | here | why, or what to send |
                |---|---|---|
                """);
        RequestFields.TREATMENTS.forEach((name, treatment) -> page.append("| `")
                .append(name)
                .append("` | ")
                .append(row(treatment))
                .append(" |\n"));
        return page.toString();
    }

    private static String row(RequestFields.Treatment treatment) {
        if (treatment instanceof RequestFields.Treatment.Refused refused) {
            String harmless =
                    refused.harmless().stream().map(each -> "`" + each + "`").collect(Collectors.joining(" or "));
            return (harmless.isEmpty() ? "refused" : "refused, unless " + harmless) + " | " + refused.instead();
        }
        return treatment instanceof RequestFields.Treatment.Ignored ignored
                ? "harmless, ignored | " + ignored.reason()
                : "honoured | see above";
    }

    private static void table(StringBuilder page, JsonNode schema) {
        page.append("\n| field | JSON | meaning |\n|---|---|---|\n");
        schema.get("properties")
                .properties()
                .forEach(field -> page.append("| `")
                        .append(field.getKey())
                        .append("` | ")
                        .append(typeOf(field.getValue()))
                        .append(" | ")
                        .append(field.getValue().path("description").asText())
                        .append(" |\n"));
    }

    private static String typeOf(JsonNode schema) {
        TreeSet<String> types = new TreeSet<>();
        collectTypes(schema, types);
        types.remove("null");
        return (types.isEmpty() ? "null" : String.join(", ", types)) + range(schema);
    }

    private static void collectTypes(JsonNode schema, Set<String> types) {
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            types.add(type.asText());
        }
        type.forEach(each -> types.add(each.asText()));
        schema.path("anyOf").forEach(each -> collectTypes(each, types));
        Iterator<JsonNode> values = schema.path("enum").elements();
        values.forEachRemaining(value -> types.add(value.isNull() ? "null" : "`" + value.asText() + "`"));
    }

    private static String range(JsonNode schema) {
        String low = schema.has("exclusiveMinimum")
                ? "> " + schema.get("exclusiveMinimum").asText()
                : schema.has("minimum") ? "≥ " + schema.get("minimum").asText() : "";
        String high = schema.has("maximum") ? "≤ " + schema.get("maximum").asText() : "";
        String both = low.isEmpty() || high.isEmpty() ? low + high : low + ", " + high;
        return both.isEmpty() ? "" : " (" + both + ")";
    }

    private static Set<String> properties(String event) {
        return names(tree(event).get("properties"));
    }

    private static Set<String> choiceProperties(String event) {
        return names(tree(event).at("/properties/choices/items/properties"));
    }

    private static Set<String> names(JsonNode object) {
        TreeSet<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> components(Class<?> type) {
        TreeSet<String> names = new TreeSet<>();
        Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .map(SNAKE_CASE::translate)
                .forEach(names::add);
        return names;
    }

    private static List<Error> errors(String event, String json) {
        Schema schema = SCHEMAS.getSchema(schemaText(event));
        return schema.validate(json, InputFormat.JSON);
    }

    private static JsonNode tree(String event) {
        try {
            return new ObjectMapper().readTree(schemaText(event));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String schemaText(String event) {
        return resource("/io/causalstreams/topology/event/" + event + "-v1.schema.json");
    }

    private static String resource(String name) {
        try (InputStream in = EventSchemaTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
