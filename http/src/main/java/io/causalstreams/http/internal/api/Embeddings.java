package io.causalstreams.http.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.kafka.Output;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.LongConsumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code /v1/embeddings}: each input is a prompt event of task {@code embed}. */
public final class Embeddings {
    private static final String INPUT = "input";
    private static final String FORMAT = "encoding_format";
    /** As many as OpenAI takes. */
    private static final int MOST_INPUTS = 2048;

    private Embeddings() {}

    public static Mono<Reply> ask(Answers answers, ApiRequest request, LongConsumer used) {
        ObjectNode body = request.body();
        List<JsonNode> inputs = inputs(body.path(INPUT));
        boolean base64 = base64(body);
        String id = request.id("embd-");
        List<Mono<Output.Completion>> asked = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            ObjectNode event = body.deepCopy();
            event.remove(List.of(INPUT, FORMAT, "prompt", "messages"));
            event.put("task", "embed").set(INPUT, inputs.get(i));
            asked.add(answers.whole(request.prompt(id + "/" + i, event), request.isIdempotent()));
        }
        return Flux.mergeSequential(asked, asked.size(), 1).collectList().map(completions -> {
            byte[] json = Json.bytes(answer(completions, base64));
            used.accept(tokens(completions));
            return new Reply.Whole(json);
        });
    }

    /** A text, token ids, or a list of these. */
    private static List<JsonNode> inputs(JsonNode input) {
        if (input.isTextual()
                || (input.isArray() && !input.isEmpty() && input.get(0).isNumber())) {
            return List.of(input);
        }
        List<JsonNode> inputs = new ArrayList<>();
        input.forEach(inputs::add);
        if (!input.isArray() || inputs.isEmpty()) {
            throw ApiException.invalidField(INPUT, "input must be a text, token ids, or a list of them, not empty");
        }
        if (inputs.size() > MOST_INPUTS) {
            throw ApiException.invalidField(INPUT, "input has " + inputs.size() + " texts, at most " + MOST_INPUTS);
        }
        return inputs;
    }

    private static boolean base64(ObjectNode body) {
        String format = body.path(FORMAT).asText("float");
        if (!format.equals("float")
                && !format.equals("base64")
                && !body.path(FORMAT).isNull()) {
            throw ApiException.invalidField(FORMAT, "encoding_format is float or base64");
        }
        return format.equals("base64");
    }

    private static ObjectNode answer(List<Output.Completion> completions, boolean base64) {
        ObjectNode answer = Json.newObject().put("object", "list");
        ArrayNode data = answer.putArray("data");
        for (int i = 0; i < completions.size(); i++) {
            JsonNode vector = Json.object(completions.get(i).json()).path("embedding");
            ObjectNode item = data.addObject().put("object", "embedding").put("index", i);
            item.set("embedding", base64 ? TextNode.valueOf(base64(vector)) : vector);
        }
        answer.put("model", completions.get(0).event().model());
        answer.putObject("usage").put("prompt_tokens", tokens(completions)).put("total_tokens", tokens(completions));
        return answer;
    }

    /** 32-bit floats, little-endian: what OpenAI's clients ask for by default. */
    private static String base64(JsonNode vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        vector.forEach(number -> bytes.putFloat(number.floatValue()));
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static int tokens(List<Output.Completion> completions) {
        return completions.stream()
                .mapToInt(each -> each.event().usage().totalTokens())
                .sum();
    }
}
