package io.causalstreams.http.internal.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.event.EventJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a format leaves out of an event, as a schema does that has not got all of its fields: names from the top down, with dots
 * between them. Nulls and empty lists say nothing, and are not missed.
 */
final class LostFields {
    private static final ObjectMapper MAPPER = new ObjectMapper(EventJson.boundedFactory());

    private LostFields() {}

    /**
     * Of an event that is written and read.
     *
     * @param written {@code json} in the format
     */
    static Set<String> of(ValueFormat format, String topic, byte[] json, byte[] written) {
        Set<String> lost = new LinkedHashSet<>();
        try {
            add(MAPPER.readTree(json), MAPPER.readTree(format.toJson(topic, written)), "", lost);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lost;
    }

    private static void add(JsonNode before, JsonNode after, String path, Set<String> lost) {
        if (before.isNull() || (before.isContainerNode() && before.isEmpty())) {
            return;
        }
        if (after.isMissingNode() || after.isNull()) {
            lost.add(path);
        } else if (before.isObject()) {
            String prefix = path.isEmpty() ? "" : path + ".";
            before.properties()
                    .forEach(each -> add(each.getValue(), after.path(each.getKey()), prefix + each.getKey(), lost));
        } else if (before.isArray()) {
            for (int i = 0; i < before.size(); i++) {
                add(before.get(i), after.path(i), path, lost);
            }
        }
    }
}
