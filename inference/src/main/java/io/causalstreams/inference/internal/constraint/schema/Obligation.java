package io.causalstreams.inference.internal.constraint.schema;

/** That a value is valid against a schema ({@code holds}), or that it is not. */
record Obligation(Schema schema, boolean holds) {

    static Obligation holds(Schema schema) {
        return new Obligation(schema, true);
    }

    static Obligation fails(Schema schema) {
        return new Obligation(schema, false);
    }

    Obligation opposite() {
        return new Obligation(schema, !holds);
    }

    /** Whether every value meets it. */
    boolean isTrivial() {
        return holds ? schema.isTrue() : schema.isFalse();
    }

    /** Whether no value meets it, as far as one sees at once. */
    boolean isImpossible() {
        return holds ? schema.isFalse() : schema.isTrue();
    }
}
