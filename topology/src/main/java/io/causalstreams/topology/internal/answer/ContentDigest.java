package io.causalstreams.topology.internal.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.topology.adapter.AdapterPin;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks, as a digest: the prompt with its options, the task, the sampling, the adapter and its version, and which model, by its name
 * and the fingerprint of its weights. Not who asks, how urgently and until when. The same in every process.
 */
public final class ContentDigest {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .addModule(new Jdk8Module())
            .build();

    private ContentDigest() {}

    /** The digest, in hexadecimal. */
    public static String of(GenerationRequest request, ModelInfo model, @Nullable AdapterPin pin) {
        ObjectNode content = MAPPER.createObjectNode();
        content.put("model", model.name() + " " + model.fingerprint());
        content.put("adapter", request.adapter() + " " + pin);
        content.put("asked", String.valueOf(request.model()));
        put(content, "prompt", request.prompt());
        put(content, "task", request.task());
        ObjectNode sampling = put(content, "sampling", request.sampling());
        // the order of an immutable set is another in each process
        sampling.set(
                "stopTokenIds",
                MAPPER.valueToTree(new TreeSet<>(request.sampling().stopTokenIds())));
        if (request.sampling().constraint() != null) {
            put(sampling, "constraint", request.sampling().constraint());
        }
        return HexFormat.of().formatHex(sha256(content.toString()));
    }

    /** Names the kind of what is one of several. */
    private static ObjectNode put(ObjectNode into, String name, Object value) {
        JsonNode tree = MAPPER.valueToTree(value);
        ObjectNode described = tree instanceof ObjectNode object ? object : MAPPER.createObjectNode();
        described.put("kind", value.getClass().getName());
        into.set(name, described);
        return described;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }
}
