package io.causalstreams.inference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;

/**
 * A function that the model may call.
 *
 * @param name letters, digits, {@code _}, {@code -} and {@code .}
 * @param parameters the JSON Schema of its arguments, an object
 * @param json what the chat template is given: OpenAI's {@code {"type": "function", "function": {…}}}
 */
public record Tool(String name, String parameters, String json) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A function with a description.
     *
     * @param parameters the JSON Schema of its arguments, an object
     */
    public static Tool of(String name, String description, String parameters) {
        ObjectNode tool = JSON.createObjectNode().put("type", "function");
        tool.putObject("function")
                .put("name", name)
                .put("description", description)
                .putRawValue("parameters", new RawValue(parameters));
        return new Tool(name, parameters, tool.toString());
    }
}
