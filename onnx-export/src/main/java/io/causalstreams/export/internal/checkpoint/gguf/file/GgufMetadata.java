package io.causalstreams.export.internal.checkpoint.gguf.file;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The key-value section of a GGUF file.
 *
 * @param file how errors call the file
 * @param values by key: {@code Long}, {@code Double}, {@code Boolean}, {@code String}, {@code long[]} (integers and
 *     booleans), {@code double[]}, {@code List<String>}, or a list of those for nested arrays
 */
public record GgufMetadata(String file, Map<String, Object> values) {

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public Optional<String> string(String key) {
        return get(key, String.class, "a string");
    }

    public Optional<Boolean> flag(String key) {
        return get(key, Boolean.class, "a boolean");
    }

    /** An integer that fits a non-negative int, as all sizes and token ids of models do. */
    public Optional<Integer> integer(String key) {
        return get(key, Long.class, "an integer").map(value -> {
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new CheckpointException(
                        file + ": metadata " + key + " is " + value + ", out of range; the GGUF file is damaged");
            }
            return value.intValue();
        });
    }

    /** A finite number. */
    public Optional<Double> number(String key) {
        return Optional.ofNullable(values.get(key)).map(value -> {
            if (value instanceof Long integer) {
                return integer.doubleValue();
            }
            if (value instanceof Double number && Double.isFinite(number)) {
                return number;
            }
            throw wrongType(key, "a finite number");
        });
    }

    public Optional<long[]> integers(String key) {
        return get(key, long[].class, "an array of integers");
    }

    public Optional<double[]> numbers(String key) {
        return get(key, double[].class, "an array of floats");
    }

    public Optional<List<String>> strings(String key) {
        return get(key, List.class, "an array of strings").map(list -> {
            for (Object element : list) {
                if (!(element instanceof String)) {
                    throw wrongType(key, "an array of strings");
                }
            }
            @SuppressWarnings("unchecked") // checked element by element
            List<String> strings = list;
            return strings;
        });
    }

    /** The value, or an error that names the key. */
    public <T> T require(String key, Optional<T> value) {
        return value.orElseThrow(() -> new CheckpointException(
                file + ": metadata " + key + " is missing; convert the model again with a current converter"));
    }

    private <T> Optional<T> get(String key, Class<T> type, String typeName) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw wrongType(key, typeName);
        }
        return Optional.of(type.cast(value));
    }

    private CheckpointException wrongType(String key, String typeName) {
        return new CheckpointException(file + ": metadata " + key + " is not " + typeName
                + "; convert the model again with a current converter");
    }
}
