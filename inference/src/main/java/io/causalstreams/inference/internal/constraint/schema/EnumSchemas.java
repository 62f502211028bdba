package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.constraint.expression.Automaton;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.Reading;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code enum} and {@code const}: the values' compact texts, of those that meet the keywords beside them. */
final class EnumSchemas {

    private static final int MAX_VALUES = 10_000;

    private final Expressions expressions;
    private final JsonGrammar json;

    EnumSchemas(Expressions expressions, JsonGrammar json) {
        this.expressions = expressions;
        this.json = json;
    }

    /** @param others the values that meet the keywords beside, without {@code type}; null if there are none */
    Expression compile(SchemaNode node, @Nullable Expression others) {
        Set<String> types = node.has("type") ? JsonTypes.of(node) : Set.copyOf(JsonTypes.ALL);
        List<String> texts = new ArrayList<>();
        Automaton automaton = new Automaton(expressions);
        for (JsonNode value : values(node)) {
            if (others != null && value.isContainerNode()) {
                throw node.unsupported(
                        node.has("enum") ? "enum" : "const", "has objects or lists and other keywords beside it");
            }
            String text = value.toString();
            if (JsonTypes.matches(value, types) && (others == null || accepts(automaton, others, text))) {
                texts.add(text);
            }
        }
        return json.literals(texts);
    }

    private static List<JsonNode> values(SchemaNode node) {
        List<JsonNode> values = new ArrayList<>();
        JsonNode constant = node.get("const");
        if (!node.has("enum") && constant != null) {
            return List.of(constant);
        }
        JsonNode listed = node.get("enum");
        if (listed == null || !listed.isArray() || listed.size() > MAX_VALUES) {
            throw node.unsupported("enum", "must be a list of at most " + MAX_VALUES + " values");
        }
        for (JsonNode value : listed) {
            if (constant == null || constant.equals(value)) {
                values.add(value);
            }
        }
        return values;
    }

    private static boolean accepts(Automaton automaton, Expression grammar, String text) {
        List<Reading> readings = automaton.starts(grammar);
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            readings = automaton.next(readings, value & 0xFF);
        }
        return readings.stream().anyMatch(Reading::accepting);
    }
}
