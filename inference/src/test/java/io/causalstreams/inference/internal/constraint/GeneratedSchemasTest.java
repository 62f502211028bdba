package io.causalstreams.inference.internal.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Schemas as other people's generators write them, recorded by {@code it-tests/clients/schemas/record}. */
class GeneratedSchemasTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> TOOLS = List.of(
            "pydantic", "zod", "zod-to-json-schema", "jsonschema-generator", "jackson-module-jsonSchema", "avro");

    /** A schema with texts that its tool takes and refuses. */
    record Generated(String name, String schema, List<String> valid, List<String> invalid) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Generated> schemas() throws IOException {
        List<Generated> all = new ArrayList<>();
        for (String tool : TOOLS) {
            try (InputStream in = Objects.requireNonNull(
                    GeneratedSchemasTest.class.getResourceAsStream("schema/generated/" + tool + ".json"))) {
                JsonNode recorded = MAPPER.readTree(in);
                for (JsonNode each : recorded.path("cases")) {
                    all.add(new Generated(
                            recorded.path("tool").textValue() + ": "
                                    + each.path("name").textValue(),
                            each.path("schema").toString(),
                            Language.texts(each.path("valid")),
                            Language.texts(each.path("invalid"))));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldWriteWhatTheToolTakesAndNothingThatItRefuses(Generated generated) {
        for (boolean openObjects : new boolean[] {false, true}) {
            // When
            Language language = Language.of(generated.schema(), openObjects);

            // Then
            assertThat(language.of(generated.valid())).isEqualTo(generated.valid());
            assertThat(language.of(generated.invalid())).isEmpty();
        }
    }
}
