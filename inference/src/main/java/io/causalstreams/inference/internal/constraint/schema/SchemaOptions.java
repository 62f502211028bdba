package io.causalstreams.inference.internal.constraint.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is written where a schema leaves it open. Either way everything written is valid.
 *
 * @param undeclaredProperties whether an object may have properties of which its schema says nothing, as JSON Schema would have
 *     it, or only if {@code additionalProperties} and its like speak of them
 * @param anyOrder whether properties come in any order, or in that of the schema
 * @param texts what {@code x-verbatim} is copied from, of the request; null = it has no text
 */
public record SchemaOptions(
        boolean undeclaredProperties,
        boolean anyOrder,
        @Nullable List<String> texts) {

    /** Declared properties only, in the order of the schema. */
    public static final SchemaOptions DEFAULT = new SchemaOptions(false, false);

    public SchemaOptions(boolean undeclaredProperties, boolean anyOrder) {
        this(undeclaredProperties, anyOrder, null);
    }

    public SchemaOptions withTexts(List<String> of) {
        return new SchemaOptions(undeclaredProperties, anyOrder, of);
    }
}
