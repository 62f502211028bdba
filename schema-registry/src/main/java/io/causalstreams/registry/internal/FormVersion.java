package io.causalstreams.registry.internal;

import io.causalstreams.topology.OutputForm;
import java.util.function.Function;

/**
 * A version, made once of a schema.
 *
 * @param <T> what an answer becomes
 */
public record FormVersion<T>(String id, String jsonSchema, Function<String, T> reader)
        implements OutputForm.Version<T> {

    @Override
    public T read(String json) {
        return reader.apply(json);
    }
}
