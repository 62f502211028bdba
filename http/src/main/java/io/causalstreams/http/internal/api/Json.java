package io.causalstreams.http.internal.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.topology.event.EventJson;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON of requests and answers, as UTF-8 bytes. Any thread. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder(EventJson.boundedFactory())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** @throws ApiException 400 if the bytes are no JSON object; it holds none of them */
    static ObjectNode object(byte[] body) {
        try {
            JsonNode node = MAPPER.readTree(body);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw ApiException.invalid(400, "invalid_json", "the body is not JSON" + place + "; send one JSON object");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw ApiException.invalid(400, "invalid_json", "the body is not a JSON object");
    }

    static ObjectNode newObject() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A member that is true or false; absent or null is false. @throws ApiException 400 if it is anything else */
    static boolean flag(JsonNode object, String name) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw ApiException.invalidField(name, name + " must be true or false");
        }
        return value.booleanValue();
    }
}
