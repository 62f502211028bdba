package io.causalstreams.inference.internal.constraint.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint.JsonSchema;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.Schemas;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.Writer;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaCompilerTest {

    private static final long SEED = Long.getLong("test.seed", 20_260_102L);
    private static final TestVocabulary SYNTHETIC = TestVocabulary.synthetic(2_000, new Random(SEED));
    private static final ConstraintCompiler COMPILER = new ConstraintCompiler(SYNTHETIC);
    private static final ConstraintCompiler FREE = new ConstraintCompiler(SYNTHETIC, new SchemaOptions(true, true));
    private static final ConstraintCompiler SMOLLM2 = new ConstraintCompiler(TestVocabulary.SMOLLM2);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final SchemaRegistry VALIDATORS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final Random random = new Random(SEED);

    static List<String> schemas() {
        return List.copyOf(Schemas.ALL.keySet());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldWriteOnlyValidValuesWithASyntheticVocabulary(String name) throws Exception {
        writeValid(name, COMPILER, SYNTHETIC, 34);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldWriteOnlyValidValuesWithARealVocabulary(String name) throws Exception {
        writeValid(name, SMOLLM2, TestVocabulary.SMOLLM2, 34);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldWriteOnlyValidValuesInAnyOrder(String name) throws Exception {
        // A writer that writes what it likes would go on with other properties for ever before it hits the required
        // ones.
        Assumptions.assumeFalse(name.equals("additional properties"));
        writeValid(name, new ConstraintCompiler(SYNTHETIC, new SchemaOptions(false, true)), SYNTHETIC, 34);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}},\"required\":[\"a\"]}; {\"b\":2,\"a\":1} {\"c\":3,\"a\":1} {\"b\":2,\"c\":3,\"a\":1}; {\"b\":2} {\"a\":1,\"a\":1} {\"c\":3,\"a\":2}",
                "{\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}},\"additionalProperties\":false}; {} {\"b\":2,\"a\":1}; {\"c\":3} {\"b\":2,\"b\":2}",
                "{\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2},\"c\":{\"const\":3}},\"required\":[\"c\"],\"minProperties\":2,\"maxProperties\":2}; {\"b\":2,\"c\":3} {\"c\":3,\"x\":0}; {\"c\":3} {\"b\":2,\"a\":1} {\"c\":3,\"b\":2,\"a\":1} {\"x\":0,\"y\":0}",
                "{\"properties\":{\"k\":{\"const\":1},\"n\":{\"$ref\":\"#\"}},\"oneOf\":[{\"required\":[\"n\"]},{\"required\":[\"k\"]}],\"additionalProperties\":false}; {\"k\":1} {\"n\":{\"n\":{\"k\":1}}}; {} {\"n\":{\"k\":1},\"k\":1}",
            })
    void shouldTakePropertiesInAnyOrderWhereThatIsAskedFor(String schema, String accepted, String refused) {
        TokenConstraint constraint = FREE.compile(new JsonSchema(schema));
        for (String text : words(accepted)) {
            assertThat(Writer.accepts(constraint, SYNTHETIC, text)).as(text).isTrue();
        }
        for (String text : words(refused)) {
            assertThat(Writer.accepts(constraint, SYNTHETIC, text)).as(text).isFalse();
        }
    }

    @Test
    void shouldFollowChoicesThatLeadBackToThemselvesOnlyAsFarAsItMatters() {
        // Given
        String schema = "{\"$ref\":\"#/$defs/c\",\"$defs\":{"
                + "\"c\":{\"oneOf\":[{\"$ref\":\"#/$defs/a\"},{\"$ref\":\"#/$defs/b\"},{\"type\":\"null\"}]},"
                + "\"a\":{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/c\"}},\"required\":[\"x\"]},"
                + "\"b\":{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/c\"},\"y\":{\"const\":1}},"
                + "\"required\":[\"x\"]}}}";

        // When
        TokenConstraint constraint = COMPILER.compile(new JsonSchema(schema));

        // Then
        assertThat(Writer.accepts(constraint, SYNTHETIC, "null")).isTrue();
        assertThat(Writer.accepts(constraint, SYNTHETIC, "{\"x\":null}")).isFalse();
    }

    private void writeValid(String name, ConstraintCompiler compiler, TestVocabulary vocabulary, int times)
            throws Exception {
        // Given
        String schema = String.valueOf(Schemas.ALL.get(name));
        Schema validator = VALIDATORS.getSchema(schema, InputFormat.JSON);
        TokenConstraint constraint = compiler.compile(new JsonSchema(schema));
        Writer writer = new Writer(vocabulary, random);

        for (int i = 0; i < times; i++) {
            // When
            String text = writer.write(constraint, random.nextInt(60));

            // Then
            JsonNode value = JSON.readTree(text);
            List<Error> errors = validator.validate(
                    value.toString(),
                    InputFormat.JSON,
                    context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
            assertThat(errors).as("seed %d, %s: %s", SEED, name, text).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"integer\",\"minimum\":-5,\"maximum\":120}; -5 0 7 99 120; -6 121 -0 007 1.0 1e1",
                "{\"type\":\"number\",\"exclusiveMinimum\":0,\"maximum\":1}; 0.000001 0.5 0.50 1 1.0; 0 0.0 1.01 -0.5",
                "{\"type\":\"number\",\"multipleOf\":0.01,\"minimum\":0}; 0 0.1 12.34; 12.345 -1",
                "{\"type\":\"string\",\"pattern\":\"b\"}; \"b\" \"abc\"; \"ac\" \"\"",
                "{\"type\":\"string\",\"pattern\":\"^a|b$\"}; \"ax\" \"xb\"; \"xa\" \"bx\"",
                "{\"type\":\"string\",\"minLength\":2,\"maxLength\":2}; \"ab\" \"é日\" \"\\n\\u00e9\" \"\\ud83d\\ude00x\"; \"a\" \"abc\"",
                "{\"type\":\"string\",\"format\":\"regex\"}; \"\" \"^a+(?:b|[^a-z_-]{2,4}?)*$\" \"\\\\d{3}-\\\\.((a)|)\" \"^//.*$\"; \"*\" \"[\" \"(a\" \"a{3,2}\" \"a**\" \"[z-a]\" \"\\\\\"",
                "{\"type\":\"string\",\"format\":\"uri-template\"}; \"\" \"http://a.b/{c,d*}{?q:3}\" \"/x%20\"; \"/{\" \"/{}\" \"/}\" \"{a b}\" \"%2\"",
                "{\"type\":\"string\",\"format\":\"date\"}; \"2024-02-29\" \"2023-12-31\"; \"2023-02-29\" \"2023-04-31\"",
                "{\"enum\":[\"a\",1,\"abc\"],\"maxLength\":2}; \"a\" 1; \"abc\"",
                "{\"enum\":[1,5,9,\"x\"],\"type\":\"integer\",\"minimum\":3}; 5 9; 1 \"x\"",
                "{\"type\":\"array\",\"prefixItems\":[{\"const\":1},{\"const\":2}],\"minItems\":1}; [1] [1,2]; [] [2] [1,2,3]",
                "{\"type\":\"array\",\"items\":false}; []; [1]",
                "{\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}}}; {} {\"a\":1} {\"b\":2} {\"a\":1,\"b\":2}; {\"b\":2,\"a\":1} {\"c\":1}",
                "{\"properties\":{\"a\":{\"const\":1}},\"additionalProperties\":{\"const\":3}}; {\"aa\":3} {\"a\":1,\"b\":3,\"\":3}; {\"a\":3} {\"b\":1}",
                "{\"properties\":{\"a\":false,\"b\":true}}; {} {\"b\":[null]}; {\"a\":1}",
                "{\"$defs\":{\"a/b%\":{\"const\":1},\"a\":{\"b%\":{\"const\":2}}},\"properties\":{\"x\":{\"$ref\":\"#/$defs/a~1b%25\"},\"y\":{\"$ref\":\"#/$defs/a/b%25\"}}}; {\"x\":1,\"y\":2}; {\"x\":2} {\"y\":1}",
                "{\"$defs\":{\"a\":{\"$defs\":{\"b\":{\"const\":1}}},\"a.$defs.b\":{\"const\":2}},\"properties\":{\"x\":{\"$ref\":\"#/$defs/a/$defs/b\"},\"y\":{\"$ref\":\"#/$defs/a.$defs.b\"}}}; {\"x\":1,\"y\":2}; {\"x\":2} {\"y\":1}",
                "{\"maxlength\":3,\"type\":\"string\",\"format\":\"own\"}; \"abcd\"; 1",
                "{\"type\":[\"integer\",\"null\"],\"not\":{\"enum\":[3,null]}}; 2 4; 3 null",
                "{\"type\":\"object\",\"patternProperties\":{\"^x\":{\"const\":1},\"y$\":{\"type\":\"integer\"}}}; {} {\"xa\":1} {\"ay\":7} {\"xy\":1}; {\"xa\":2} {\"xy\":2} {\"a\":1}",
                "{\"type\":\"object\",\"propertyNames\":{\"pattern\":\"^[a-z]+$\"},\"additionalProperties\":{\"const\":1}}; {\"ab\":1}; {\"A\":1}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2},\"c\":{\"const\":3}},\"minProperties\":2,\"maxProperties\":2}; {\"a\":1,\"b\":2} {\"a\":1,\"c\":3}; {} {\"a\":1} {\"a\":1,\"b\":2,\"c\":3}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}},\"dependentRequired\":{\"a\":[\"b\"]}}; {} {\"b\":2} {\"a\":1,\"b\":2}; {\"a\":1}",
                "{\"type\":\"object\",\"properties\":{\"k\":{\"enum\":[\"a\",\"b\"]},\"v\":true},\"required\":[\"k\",\"v\"],\"if\":{\"properties\":{\"k\":{\"const\":\"a\"}}},\"then\":{\"properties\":{\"v\":{\"const\":1}}},\"else\":{\"properties\":{\"v\":{\"const\":2}}}}; {\"k\":\"a\",\"v\":1} {\"k\":\"b\",\"v\":2}; {\"k\":\"a\",\"v\":2} {\"k\":\"b\",\"v\":1}",
                "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"number\",\"minimum\":3}]}; 1 3.5; 3 4 0.5",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}},\"oneOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]}; {\"a\":1} {\"b\":2}; {} {\"a\":1,\"b\":2}",
                "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"contains\":{\"const\":5}}; [5] [1,5,2]; [] [1]",
                "{\"type\":\"array\",\"items\":{\"enum\":[1,2,\"a\"]},\"uniqueItems\":true,\"minItems\":1}; [1] [2,\"a\",1]; [] [1,1]",
                "{\"type\":\"integer\",\"multipleOf\":7}; 0 7 49 -14; 1 8 07",
                "{\"type\":\"string\",\"pattern\":\"^(?!ab)[a-z]+$\"}; \"ba\" \"a\"; \"ab\" \"abc\"",
                "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"definitions\":{\"s\":{\"type\":\"string\"}},\"$ref\":\"#/definitions/s\",\"minLength\":5}; \"a\"; 1",
                "{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"type\":\"integer\",\"minimum\":3,\"exclusiveMinimum\":true}; 4; 3",
                "{\"items\":[{\"const\":1},{\"const\":2}],\"additionalItems\":false}; [] [1,2]; [2] [1,2,3]",
                "{\"$defs\":{\"n\":{\"$anchor\":\"here\",\"const\":1}},\"items\":{\"$ref\":\"#here\"}}; [1]; [2]",
                "{\"allOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1}}}],\"properties\":{\"b\":{\"const\":2}},\"unevaluatedProperties\":false}; {\"b\":2}; {\"c\":1}",
                "{\"const\":{\"a\":[1,null]}}; {\"a\":[1,null]} {\"a\":[1,null]}; {} {\"a\":[1]} {\"a\":[1,null,2]}",
            })
    void shouldTellValuesApart(String schema, String accepted, String refused) {
        TokenConstraint constraint = COMPILER.compile(new JsonSchema(schema));
        for (String text : words(accepted)) {
            assertThat(Writer.accepts(constraint, SYNTHETIC, text)).as(text).isTrue();
        }
        for (String text : words(refused)) {
            assertThat(Writer.accepts(constraint, SYNTHETIC, text)).as(text).isFalse();
        }
    }

    private static List<String> words(String text) {
        return Pattern.compile(" ").splitAsStream(text.trim()).toList();
    }

    @Test
    void shouldWriteIntegersExactlyWithinRandomBounds() {
        for (int i = 0; i < 200; i++) {
            // Given
            long a = random.nextLong(-2_000, 2_000);
            long b = a + random.nextLong(0, 300);
            TokenConstraint constraint = COMPILER.compile(
                    new JsonSchema("{\"type\":\"integer\",\"minimum\":" + a + ",\"maximum\":" + b + "}"));

            // When
            for (long n : new long[] {a - 1, a, (a + b) / 2, b, b + 1, -a, 10 * a, b / 10}) {
                // Then
                assertThat(Writer.accepts(constraint, SYNTHETIC, Long.toString(n)))
                        .as("seed %d: %d in %d..%d", SEED, n, a, b)
                        .isEqualTo(a <= n && n <= b);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true}; keyword 'uniqueItems'",
                "{\"minProperties\":3}; keyword 'minProperties'",
                "{\"$ref\":\"other.json\"}; leads nowhere",
                "{\"$ref\":\"#/$defs/y\"}; leads nowhere",
                "{\"type\":\"text\"}; keyword 'type' at $",
                "{\"type\":\"string\",\"minLength\":-1}; keyword 'minLength' at $",
                "{\"type\":\"string\",\"minLength\":\"1\"}; keyword 'minLength' at $",
                "{\"type\":\"integer\",\"multipleOf\":70001}; keyword 'multipleOf'",
                "{\"type\":\"string\",\"pattern\":\"(a(?=b))c\"}; look-ahead at position 2",
                "{\"properties\":[]}; keyword 'properties' at $",
                "{\"required\":\"a\"}; keyword 'required' at $",
                "{\"anyOf\":[]}; keyword 'anyOf' at $",
                "[]; must be an object or a boolean",
                "{; the schema is not JSON",
                "false; no finite value",
                "{\"type\":\"integer\",\"minimum\":3,\"maximum\":2}; no finite value",
                "{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}; no finite value",
                "{\"$ref\":\"#\"}; refers to itself",
                "{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]}; refers to itself",
            })
    void shouldRefuseByKeywordAndPath(String schema, String message) {
        assertThatThrownBy(() -> COMPILER.compile(new JsonSchema(schema)))
                .isInstanceOfSatisfying(
                        GenerationException.Invalid.class,
                        e -> assertThat(e.parameter()).isEqualTo("response_format"))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"string\",\"minLength\":100000,\"maxLength\":200000}",
                "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"maxItems\":10000},\"minItems\":10000}",
                "{\"type\":\"string\",\"pattern\":\"^(a{1000}){1000}$\"}",
                "{\"type\":\"integer\",\"maximum\":1e99}",
                "{\"type\":\"number\",\"minimum\":1e-99,\"maximum\":1e99}"
            })
    void shouldTakeHugeBounds(String schema) {
        assertThat(COMPILER.compile(new JsonSchema(schema)).start().allowed().isEmpty())
                .isFalse();
    }

    @Test
    void shouldRefuseHostileSchemasInsteadOfRunningOutOfMemoryOrStack() {
        // Given
        StringBuilder doubling = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
        StringBuilder choosing = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
        for (int i = 0; i < 40; i++) {
            String next = "{\"$ref\":\"#/$defs/d" + (i + 1) + "\",\"minLength\":" + i + "}";
            String other = "{\"$ref\":\"#/$defs/d" + (i + 1) + "\"}";
            doubling.append("\"d" + i + "\":{\"allOf\":[" + next + "," + next + "]},");
            choosing.append("\"d" + i + "\":{\"anyOf\":[" + other + ",{\"allOf\":[" + other + "]}]},");
        }
        doubling.append("\"d40\":{\"type\":\"string\"}}}");
        choosing.append("\"d40\":{\"type\":\"string\"}}}");
        List<String> hostile = List.of(
                "{\"items\":".repeat(100_000) + "{}" + "}".repeat(100_000),
                "{\"type\":\"string\",\"pattern\":\"(ab|c)*\",\"minLength\":50000}",
                "{\"type\":\"integer\",\"maximum\":1e999999}",
                "{\"type\":\"string\",\"pattern\":\"(x*)*(a{0,999}b{0,999}){999}\"}");
        // When
        for (String schema : hostile) {
            // Then
            assertThatThrownBy(() -> COMPILER.compile(new JsonSchema(schema)))
                    .as(schema.substring(0, 30))
                    .isInstanceOf(GenerationException.Invalid.class);
        }
        for (String schema : List.of(choosing.toString(), doubling.toString())) {
            assertThat(Writer.accepts(COMPILER.compile(new JsonSchema(schema)), SYNTHETIC, '"' + "a".repeat(40) + '"'))
                    .isTrue();
        }
    }

    @Test
    void shouldTakeFiveHundredOptionalProperties() {
        // Given
        String properties = IntStream.range(0, 500)
                .mapToObj(i -> "\"p" + i + "\":{\"type\":\"integer\"}")
                .collect(Collectors.joining(","));

        // When
        TokenConstraint constraint =
                COMPILER.compile(new JsonSchema("{\"type\":\"object\",\"properties\":{" + properties + "}}"));

        // Then
        assertThat(Writer.accepts(constraint, SYNTHETIC, "{\"p7\":1,\"p499\":2}"))
                .isTrue();
        assertThat(Writer.accepts(constraint, SYNTHETIC, "{\"p499\":1,\"p7\":2}"))
                .isFalse();
    }
}
