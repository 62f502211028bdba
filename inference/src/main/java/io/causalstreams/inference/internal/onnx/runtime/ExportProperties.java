package io.causalstreams.inference.internal.onnx.runtime;

import io.causalstreams.inference.GenerationException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an export says of its graph, in strings of the graph's {@code metadata_props}.
 *
 * @param graph named in errors
 */
public record ExportProperties(Path graph, Map<String, String> properties) {
    private static final String PREFIX = "causal_streams.";
    private static final String CONTRACT = "1";

    /** Refuses a graph that was exported for another engine. @throws GenerationException.Failed if it was */
    public void checkContract() {
        String contract = text("contract");
        if (!contract.equals(CONTRACT)) {
            throw failed("contract", "is " + contract + ", this engine reads " + CONTRACT + "; export the model again");
        }
    }

    /** Whether there is a property. */
    public boolean has(String key) {
        return properties.containsKey(PREFIX + key);
    }

    /** A property, or null. */
    public @Nullable String find(String key) {
        return properties.get(PREFIX + key);
    }

    /** A property that must be there. @throws GenerationException.Failed if it is missing */
    public String text(String key) {
        String value = find(key);
        if (value == null) {
            throw failed(key, "is missing, so the graph is not one of ours; export the model again");
        }
        return value;
    }

    /** A number that must be there. @throws GenerationException.Failed if it is missing or no number */
    public int number(String key) {
        String value = text(key);
        try {
            return Integer.parseInt(value.trim());
        } catch (NumberFormatException e) {
            throw failed(key, "is '" + value + "', not a number; export the model again");
        }
    }

    /** Names the graph and the property at fault. */
    public GenerationException.Failed failed(String key, String what) {
        return new GenerationException.Failed("model " + graph + ": " + PREFIX + key + " " + what, null);
    }
}
