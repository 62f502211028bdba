package io.causalstreams.registry;

/**
 * Where schemas are registered. {@link ConfluentSchemaRegistry} is the one over HTTP; another is a few lines.
 *
 * <p>Threading: its methods wait for the registry and are called by any thread.
 */
public interface SchemaRegistry {

    /**
     * The latest version of a subject.
     *
     * @throws SchemaRegistryException if there is none, or the registry does not answer
     */
    RegisteredSchema latest(String subject);

    /**
     * A version of a subject, also one that was soft-deleted since.
     *
     * @param version from 1
     * @throws SchemaRegistryException if there is none, or the registry does not answer
     */
    RegisteredSchema version(String subject, int version);

    /** The subject of a topic's values, by the topic name strategy. */
    static String subjectOf(String topic) {
        return topic + "-value";
    }
}
