package io.causalstreams.export.internal.checkpoint.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import java.util.List;
import java.util.Locale;

/** Keys of {@code quantization_config}. */
final class Setting {
    private Setting() {}

    /** A whole number from {@code min} up, or {@code absent} where the key is absent or null. */
    static int integer(JsonNode keys, String key, int absent, int min) {
        JsonNode node = keys.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < min) {
            throw refused(key, node, "a whole number from " + min + " up");
        }
        return node.intValue();
    }

    /** One of {@code known}, in whatever case, in theirs. */
    static String oneOf(JsonNode keys, String key, String absent, String... known) {
        JsonNode node = keys.path(key);
        String text = node.isMissingNode() || node.isNull() ? absent : node.asText();
        for (String value : known) {
            if (value.equals(text.toLowerCase(Locale.ROOT))) {
                return value;
            }
        }
        throw refused(key, node, String.join(" or ", List.of(known)));
    }

    static CheckpointException refused(String key, JsonNode found, String known) {
        return new CheckpointException("config.json: quantization_config." + key + " is " + found + "; read is " + known
                + "; give another quantisation of the model, or the model without it");
    }
}
