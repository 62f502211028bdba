package io.causalstreams.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonSchemaFormTest {

    private static final String ORDER = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\","
            + "\"properties\":{\"id\":{\"type\":\"integer\"},\"line\":{\"$ref\":\"line.json\"}},"
            + "\"required\":[\"id\",\"line\"],\"additionalProperties\":false}";
    private static final String LINE =
            "{\"type\":\"object\",\"properties\":{\"sku\":{\"type\":\"string\"}},\"required\":[\"sku\"]}";

    private final FakeRegistry registry = new FakeRegistry();

    @Test
    void shouldWriteWhatMeetsTheSchemaAndItsReferences() {
        registry.register("line", SchemaType.JSON, LINE);
        registry.register(
                "orders-value", SchemaType.JSON, ORDER, new RegisteredSchema.Reference("line.json", "line", 1));
        var form = JsonSchemaForm.ofTopic(registry, "orders", Order.class).latest();
        Random random = new Random(7);
        ConstrainedText texts = new ConstrainedText(form.jsonSchema(), random);
        for (int i = 0; i < 20; i++) {
            String json = texts.next(60);
            Order order = form.read(json);
            assertThat(order.line().sku()).as(json).isNotNull();
        }
    }

    @Test
    void shouldGiveATree() {
        registry.register("line-value", SchemaType.JSON, LINE);
        assertThat(JsonSchemaForm.ofTopic(registry, "line")
                        .latest()
                        .read("{\"sku\":\"a\"}")
                        .path("sku")
                        .asText())
                .isEqualTo("a");
    }

    @Test
    void shouldSayWhatCannotBeRead() {
        registry.register("line-value", SchemaType.JSON, "{");
        assertThatThrownBy(() -> JsonSchemaForm.ofTopic(registry, "line")
                        .latest()
                        .jsonSchema()
                        .length())
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("line-value version 1 is no JSON");
    }

    record Order(long id, Line line) {}

    record Line(String sku) {}
}
