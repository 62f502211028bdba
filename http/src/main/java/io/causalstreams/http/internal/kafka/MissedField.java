package io.causalstreams.http.internal.kafka;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.PromptEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field of a prompt that a format leaves out, in whole or in part, so that something else is asked. What is ignored, or asks for
 * what happens anyway ({@code "n":1}), is not missed.
 *
 * @param lost what is left out of it, as {@link LostFields} says it
 */
record MissedField(String name, List<String> lost) {
    private static final ObjectMapper MAPPER = new ObjectMapper(EventJson.boundedFactory());

    /**
     * The first of a prompt.
     *
     * @param json of an object
     * @param written {@code json} in the format
     */
    static @Nullable MissedField first(ValueFormat format, String topic, byte[] json, byte[] written) {
        Map<String, List<String>> lost = LostFields.of(format, topic, json, written).stream()
                .collect(groupingBy(each -> each.replaceFirst("[.].*", ""), LinkedHashMap::new, toList()));
        lost.keySet().removeIf(name -> name.equals("id") || !PromptEvent.isKnown(name)); // a header has the id, too
        if (lost.isEmpty()) {
            return null;
        }
        try {
            ObjectNode event = MAPPER.readValue(json, ObjectNode.class);
            JsonNode left = MAPPER.readTree(format.toJson(topic, written));
            ObjectNode all = event.deepCopy();
            lost.keySet().forEach(name -> leave(left, name, all));
            if (PromptEvent.asksTheSame(json, MAPPER.writeValueAsBytes(all))) {
                return null;
            }
            for (Map.Entry<String, List<String>> each : lost.entrySet()) {
                leave(left, each.getKey(), event);
                if (!PromptEvent.asksTheSame(json, MAPPER.writeValueAsBytes(event))) {
                    return new MissedField(each.getKey(), each.getValue());
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives {@code event} what is left of a field. */
    private static void leave(JsonNode left, String name, ObjectNode event) {
        event.remove(name);
        if (left.hasNonNull(name)) {
            event.set(name, left.get(name));
        }
    }
}
