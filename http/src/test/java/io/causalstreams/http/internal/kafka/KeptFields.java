package io.causalstreams.http.internal.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.topology.ValueFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;

/** As a schema by topic that has these fields, wherever they stand, and no others. */
record KeptFields(Map<String, Set<String>> byTopic) implements ValueFormat {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public byte[] toJson(String topic, byte[] value) {
        return value;
    }

    @Override
    public byte[] fromJson(String topic, byte[] json) {
        try {
            JsonNode event = JSON.readTree(json);
            keep(event, byTopic.getOrDefault(topic, Set.of()));
            return JSON.writeValueAsBytes(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void keep(JsonNode node, Set<String> fields) {
        if (node instanceof ObjectNode object) {
            object.retain(fields);
        }
        node.forEach(each -> keep(each, fields));
    }
}
