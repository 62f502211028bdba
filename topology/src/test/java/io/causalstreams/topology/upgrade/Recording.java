package io.causalstreams.topology.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;

/**
 * Every record that an operator read and wrote until it stopped, and what it wrote when it went on.
 *
 * <p>A file of JSON lines, one a record: {@code {"at":"stop"|"end","topic":…,"key":…,"value":…,"timestamp":ms,
 * "headers":[[name,value],…]}}. Bytes are text where they are UTF-8, else {@code {"base64":…}}.
 *
 * @param untilStop what was there when the operator stopped; each topic in its order
 * @param untilEnd what it wrote afterwards, when nothing stopped it
 */
record Recording(List<Entry> untilStop, List<Entry> untilEnd) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHANGELOG = "-changelog";

    /** A record of a topic. */
    record Entry(String topic, Bytes key, Bytes value, long timestamp, Headers headers) {

        /** The value of an event. */
        JsonNode json() {
            try {
                return JSON.readTree(value.get());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The topic's records before the stop. */
    List<Entry> untilStop(String topic) {
        return of(topic, untilStop);
    }

    /** The topic's records after the stop. */
    List<Entry> untilEnd(String topic) {
        return of(topic, untilEnd);
    }

    /** What the changelogs hold at the stop, by store. */
    Map<String, Map<Bytes, byte[]>> stores(String applicationId) {
        Map<String, Map<Bytes, byte[]>> stores = new LinkedHashMap<>();
        for (Entry entry : untilStop) {
            if (entry.topic.startsWith(applicationId + "-") && entry.topic.endsWith(CHANGELOG)) {
                String store =
                        entry.topic.substring(applicationId.length() + 1, entry.topic.length() - CHANGELOG.length());
                Map<Bytes, byte[]> content = stores.computeIfAbsent(store, name -> new TreeMap<>());
                if (entry.value == null) {
                    content.remove(entry.key);
                } else {
                    content.put(entry.key, entry.value.get());
                }
            }
        }
        return stores;
    }

    static Recording read(Path file) {
        List<Entry> untilStop = new ArrayList<>();
        List<Entry> untilEnd = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                JsonNode node = JSON.readTree(line);
                (node.path("at").asText().equals("stop") ? untilStop : untilEnd).add(entry(node));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Recording(untilStop, untilEnd);
    }

    /** Writes a new file: what was recorded once stays as it is. */
    void write(Path file) {
        StringBuilder lines = new StringBuilder();
        untilStop.forEach(entry -> lines.append(node("stop", entry)).append('\n'));
        untilEnd.forEach(entry -> lines.append(node("end", entry)).append('\n'));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, lines, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Entry> of(String topic, List<Entry> entries) {
        return entries.stream().filter(entry -> entry.topic.equals(topic)).toList();
    }

    private static ObjectNode node(String at, Entry entry) {
        ObjectNode node = JSON.createObjectNode().put("at", at).put("topic", entry.topic);
        node.set("key", node(entry.key == null ? null : entry.key.get()));
        node.set("value", node(entry.value == null ? null : entry.value.get()));
        node.put("timestamp", entry.timestamp);
        ArrayNode headers = node.putArray("headers");
        entry.headers.forEach(header -> headers.addArray().add(header.key()).add(node(header.value())));
        return node;
    }

    private static Entry entry(JsonNode node) {
        Headers headers = new RecordHeaders();
        node.path("headers").forEach(header -> headers.add(header.path(0).asText(), bytes(header.path(1))));
        return new Entry(
                node.path("topic").asText(),
                Bytes.wrap(bytes(node.path("key"))),
                Bytes.wrap(bytes(node.path("value"))),
                node.path("timestamp").asLong(),
                headers);
    }

    private static JsonNode node(byte[] bytes) {
        if (bytes == null) {
            return JSON.nullNode();
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.chars().noneMatch(character -> character < ' ')) {
                return TextNode.valueOf(text);
            }
        } catch (CharacterCodingException e) {
            // as base64
        }
        return JSON.createObjectNode().put("base64", bytes);
    }

    private static byte[] bytes(JsonNode node) {
        try {
            return node.isNull()
                    ? null
                    : node.isTextual()
                            ? node.asText().getBytes(StandardCharsets.UTF_8)
                            : node.path("base64").binaryValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
