package io.causalstreams.inference.internal.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint.JsonSchema;
import io.causalstreams.inference.OutputConstraint.Regex;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.schema.SchemaCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code docs/structured-output.md} to its word. */
class StructuredOutputDocumentationTest {

    private static final Path PAGE = Path.of("..", "docs", "structured-output.md");
    private static final Pattern ROW = Pattern.compile("^\\| ([^|]+) \\| `((?:[^|`]|\\\\\\|)+)` \\|.*");
    private static final TestVocabulary VOCABULARY = TestVocabulary.synthetic(500, new Random(1));

    private final ConstraintCompiler compiler = new ConstraintCompiler(VOCABULARY);

    /** A table row. */
    record Example(String name, String text) {
        String keyword() {
            return name.replace("`", "");
        }
    }

    static List<Example> supported() throws IOException {
        return examples("## Keywords");
    }

    static List<Example> refused() throws IOException {
        return examples("### Refused");
    }

    static List<Example> expressions() throws IOException {
        return examples("## Regular expressions");
    }

    private static List<Example> examples(String heading) throws IOException {
        List<Example> examples = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("#")) {
                inside = line.equals(heading);
            }
            Matcher row = ROW.matcher(line);
            if (inside && row.matches()) {
                examples.add(new Example(row.group(1), row.group(2).replace("\\|", "|")));
            }
        }
        return examples;
    }

    @ParameterizedTest
    @MethodSource("supported")
    void shouldWriteValidValuesForEveryKeyword(Example example) {
        // Given
        TokenConstraint constraint = compiler.compile(new JsonSchema(example.text()));

        // When
        String written = new Writer(VOCABULARY, new Random(1)).write(constraint, 20);

        // Then
        assertThat(example.text()).contains("\"" + example.keyword() + "\"");
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(example.text(), InputFormat.JSON)
                        .validate(written, InputFormat.JSON))
                .as(written)
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void shouldRefuseTheOthersByName(Example example) {
        assertThatThrownBy(() -> compiler.compile(new JsonSchema(example.text())))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("'" + example.keyword() + "'");
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void shouldCompileEveryConstructOfTheDialect(Example example) {
        // Given
        TokenConstraint constraint = compiler.compile(new Regex(example.text()));

        // When
        String written = new Writer(VOCABULARY, new Random(1)).write(constraint, 10);

        // Then
        assertThat(written).matches(Pattern.compile(javaSpelling(example.text())));
    }

    private static String javaSpelling(String expression) {
        return expression.replace("\\u{", "\\x{");
    }

    @Test
    void shouldNameEveryKeywordThatRestrictsValues() throws IOException {
        // Given
        Set<String> restricting = SchemaCompiler.keywords();

        // When
        List<String> documented = supported().stream().map(Example::keyword).toList();

        // Then
        assertThat(documented).containsAll(restricting);
        assertThat(documented).contains("$defs", "definitions", "$anchor");
        assertThat(refused()).hasSizeGreaterThan(2);
        assertThat(expressions()).hasSizeGreaterThan(10);
    }

    @Test
    void shouldIgnoreAnnotations() throws IOException {
        // Given
        String page = Files.readString(PAGE);
        StringBuilder schema = new StringBuilder("{\"type\":\"null\"");
        String ignored = page.substring(page.indexOf("### Ignored"), page.indexOf("## Regular expressions"));
        Matcher annotation = Pattern.compile("`([$a-zA-Z]+)`[,]").matcher(ignored);
        while (annotation.find()) {
            schema.append(",\"").append(annotation.group(1)).append("\":\"x\"");
        }

        // When
        TokenConstraint constraint =
                compiler.compile(new JsonSchema(schema.append(",\"x-own\":1}").toString()));

        // Then
        assertThat(schema).contains("\"title\"", "\"writeOnly\"");
        assertThat(Writer.accepts(constraint, VOCABULARY, "null")).isTrue();
    }
}
