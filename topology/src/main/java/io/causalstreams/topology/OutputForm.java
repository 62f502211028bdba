package io.causalstreams.topology;

import java.util.Objects;
import java.util.function.Function;

/**
 * What the answers of {@link Asked#extract(OutputForm)} are held to and read as. It may change while the topology runs, as a
 * registered schema does: a record is asked, and its answer read, by the version that was the latest when it arrived, also after a
 * restart.
 *
 * <p>Threading: its methods are called by every stream thread; {@link #latest} must not wait.
 *
 * @param <T> what an answer becomes
 */
public interface OutputForm<T> {

    /** The version for records that arrive now. */
    Version<T> latest();

    /**
     * The version of a record that arrived before a restart.
     *
     * @param id of a version that was the latest once
     * @throws FormUnavailableException if it cannot be had now; the stream thread ends, and its next owner asks again
     */
    Version<T> version(String id);

    /**
     * One version. Immutable.
     *
     * @param <T> what an answer becomes
     */
    interface Version<T> {

        /** Names it among the versions of its form, and in messages; is journaled with each record. */
        String id();

        /** The JSON Schema that the model's answer meets. */
        String jsonSchema();

        /**
         * Reads an answer.
         *
         * @param json meets the schema, unless it was cut
         * @throws RuntimeException if it was
         */
        T read(String json);
    }

    /** A form that never changes. */
    static <T> OutputForm<T> of(String jsonSchema, Function<String, T> reader) {
        return of(new Version<>() {
            @Override
            public String id() {
                return "";
            }

            @Override
            public String jsonSchema() {
                return jsonSchema;
            }

            @Override
            public T read(String json) {
                return reader.apply(json);
            }
        });
    }

    /** A form of this version only. */
    static <T> OutputForm<T> of(Version<T> only) {
        Objects.requireNonNull(only, "only");
        return new OutputForm<>() {
            @Override
            public Version<T> latest() {
                return only;
            }

            @Override
            public Version<T> version(String id) {
                return only;
            }
        };
    }
}
