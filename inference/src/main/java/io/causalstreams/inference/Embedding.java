package io.causalstreams.inference;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** A vector that stands for a text; in JSON the list of its elements. Immutable. */
public final class Embedding {
    private final float[] values;

    private Embedding(float[] values) {
        this.values = values;
    }

    /** Takes a copy. */
    @JsonCreator
    public static Embedding of(float... values) {
        return new Embedding(values.clone());
    }

    public int dimensions() {
        return values.length;
    }

    /** A copy, shape (dimensions). */
    @JsonValue
    public float[] values() {
        return values.clone();
    }

    /** The element at {@code index}, 0 ≤ index &lt; dimensions. */
    public float at(int index) {
        return values[index];
    }

    /**
     * The cosine of the angle to another vector of as many dimensions, -1..1; 0 where one of them is all zeros.
     *
     * @throws IllegalArgumentException if the other has another number of dimensions: it is of another model
     */
    public double cosine(Embedding other) {
        if (other.values.length != values.length) {
            throw new IllegalArgumentException("an embedding of " + values.length + " dimensions and one of "
                    + other.values.length + " cannot be compared; they are of different models");
        }
        double dot = 0;
        double own = 0;
        double others = 0;
        for (int i = 0; i < values.length; i++) {
            dot += (double) values[i] * other.values[i];
            own += (double) values[i] * values[i];
            others += (double) other.values[i] * other.values[i];
        }
        return own == 0 || others == 0 ? 0 : dot / Math.sqrt(own * others);
    }

    /** The first {@code dimensions} elements: what models trained for it (Matryoshka) keep most of the meaning in. */
    public Embedding truncated(int dimensions) {
        return new Embedding(Arrays.copyOf(values, Math.min(dimensions, values.length)));
    }

    /** Scaled to length 1; a vector of zeros stays one. */
    public Embedding normalized() {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        double factor = sum == 0 ? 1 : 1 / Math.sqrt(sum);
        float[] unit = new float[values.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (values[i] * factor);
        }
        return new Embedding(unit);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Embedding embedding && Arrays.equals(values, embedding.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Embedding of " + values.length + " dimensions";
    }
}
