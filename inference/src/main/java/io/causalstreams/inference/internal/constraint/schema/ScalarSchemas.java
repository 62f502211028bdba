package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** Strings, numbers, {@code true}, {@code false} and {@code null} of a shape. */
final class ScalarSchemas {

    private final JsonGrammar json;
    private final StringSchemas strings;
    private final NumberSchemas numbers;

    ScalarSchemas(Expressions expressions, JsonGrammar json) {
        this.json = json;
        this.strings = new StringSchemas(expressions, json);
        this.numbers = new NumberSchemas(expressions, json);
    }

    Expression string(Shape shape) {
        return strings.compile(shape);
    }

    /** Whether there was a string without words that it could be. */
    boolean hadNothingToCopy() {
        return strings.hadNothingToCopy();
    }

    Expression number(Shape shape) {
        return numbers.compile(shape);
    }

    Expression constants(Shape shape, JsonType type) {
        List<JsonNode> values =
                type == JsonType.NULL ? List.of(NullNode.instance) : List.of(BooleanNode.TRUE, BooleanNode.FALSE);
        return json.scalars(
                values.stream().filter(value -> !shape.excluded.contains(value)).toList());
    }

    /** Those of the scalars that meet the shape, compactly. */
    Expression listed(Shape shape, Set<JsonNode> scalars) {
        return json.scalars(scalars.stream()
                .filter(scalar -> !scalar.isTextual()
                        || (StandardCharsets.UTF_8.newEncoder().canEncode(scalar.textValue())
                                && strings.accepts(shape, scalar.textValue())))
                .toList());
    }
}
