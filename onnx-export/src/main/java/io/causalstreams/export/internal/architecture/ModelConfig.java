package io.causalstreams.export.internal.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model's {@code config.json}, read key by key.
 *
 * <p>A key that is absent or null has the default of the family's class in Hugging Face's transformers, which the caller
 * gives. Every refusal names the key.
 */
public final class ModelConfig {
    private final JsonNode json;

    public ModelConfig(JsonNode json) {
        this.json = json;
    }

    public String modelType() {
        return text("model_type", "");
    }

    public boolean has(String key) {
        return json.hasNonNull(key);
    }

    /** A positive whole number that must be there. */
    public int size(String key) {
        if (!has(key)) {
            throw refused(key, "is missing");
        }
        return size(key, 1);
    }

    /** A positive whole number. */
    public int size(String key, int absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode node = json.get(key);
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1) {
            throw refused(key, "is " + node + ", not a positive whole number");
        }
        return node.intValue();
    }

    /** A whole number that may be 0. */
    int count(String key, int absent) {
        return has(key) && json.get(key).isInt() && json.get(key).intValue() == 0 ? 0 : size(key, absent);
    }

    /** A positive whole number, or 0 where the key is there and null: transformers then switches the feature off. */
    int sizeOrOff(String key, int absent) {
        return json.has(key) && !has(key) ? 0 : size(key, absent);
    }

    /** A number, or 0 where the key is there and null: transformers then switches the feature off. */
    double numberOrOff(String key, double absent) {
        return json.has(key) && !has(key) ? 0 : number(key, absent);
    }

    public double number(String key, double absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode node = json.get(key);
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw refused(key, "is " + node + ", not a number");
        }
        return node.doubleValue();
    }

    public boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        if (!json.get(key).isBoolean()) {
            throw refused(key, "is " + json.get(key) + ", not true or false");
        }
        return json.get(key).booleanValue();
    }

    public String text(String key, String absent) {
        return has(key) ? json.get(key).asText() : absent;
    }

    /** The elements of an array as text, or null where the key is absent. */
    public @Nullable List<String> texts(String key) {
        if (!has(key)) {
            return null;
        }
        if (!json.get(key).isArray()) {
            throw refused(key, "is not a list");
        }
        List<String> texts = new ArrayList<>();
        json.get(key).forEach(node -> texts.add(node.asText()));
        return texts;
    }

    /** The numbers of an array, which must be there. */
    public List<Double> numbers(String key) {
        if (!has(key) || !json.get(key).isArray()) {
            throw refused(key, "is not a list of numbers");
        }
        List<Double> numbers = new ArrayList<>();
        for (JsonNode node : json.get(key)) {
            if (!node.isNumber()) {
                throw refused(key, "holds " + node + ", which is not a number");
            }
            numbers.add(node.doubleValue());
        }
        return numbers;
    }

    /** The same configuration with a value for a key that is absent. */
    ModelConfig withDefault(String key, int value) {
        return has(key) ? this : new ModelConfig(((ObjectNode) json.deepCopy()).put(key, value));
    }

    /** The object under {@code key}, or null where it is absent. */
    @Nullable
    ModelConfig section(String key) {
        if (!has(key)) {
            return null;
        }
        if (!json.get(key).isObject()) {
            throw refused(key, "is not an object");
        }
        return new ModelConfig(json.get(key));
    }

    /** One id, or a list of them, or none; of {@code key}. */
    public List<Integer> tokenIds(String key) {
        List<Integer> ids = new ArrayList<>();
        if (has(key)) {
            Iterable<JsonNode> nodes = json.get(key).isArray() ? json.get(key) : List.of(json.get(key));
            for (JsonNode node : nodes) {
                if (!node.canConvertToInt()) {
                    throw refused(key, "is " + json.get(key) + ", not a token id");
                }
                ids.add(node.intValue());
            }
        }
        return ids;
    }

    /** Refuses every value of {@code key} but those {@code known}; absent is fine. */
    public void require(String key, String... known) {
        if (has(key) && !Arrays.asList(known).contains(json.get(key).asText())) {
            throw refused(key, "is %s; implemented: %s".formatted(json.get(key), String.join(", ", known)));
        }
    }

    public UnsupportedModelException refused(String key, String why) {
        return new UnsupportedModelException("config.json: %s %s".formatted(key, why));
    }
}
