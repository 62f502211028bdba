package io.causalstreams.inference.internal.constraint.schema;

/**
 * What is written where a schema leaves it open. Either way everything written is valid.
 *
 * @param undeclaredProperties whether an object may have properties of which its schema says nothing, as JSON Schema would have
 *     it, or only if {@code additionalProperties} and its like speak of them
 * @param anyOrder whether properties come in any order, or in that of the schema
 */
public record SchemaOptions(boolean undeclaredProperties, boolean anyOrder) {

    /** Declared properties only, in the order of the schema. */
    public static final SchemaOptions DEFAULT = new SchemaOptions(false, false);
}
