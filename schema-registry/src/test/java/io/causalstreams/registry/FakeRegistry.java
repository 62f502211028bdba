package io.causalstreams.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A registry in memory. Threading: any. */
public final class FakeRegistry implements SchemaRegistry {

    private final Map<String, List<RegisteredSchema>> subjects = new HashMap<>();
    private @Nullable String outage;
    private int ids;

    public synchronized RegisteredSchema register(
            String subject, SchemaType type, String text, RegisteredSchema.Reference... references) {
        List<RegisteredSchema> versions = subjects.computeIfAbsent(subject, name -> new ArrayList<>());
        RegisteredSchema schema =
                new RegisteredSchema(subject, versions.size() + 1, ++ids, type, text, List.of(references));
        versions.add(schema);
        return schema;
    }

    /** From now on every question fails; null = no longer. */
    public synchronized void outage(@Nullable String why) {
        outage = why;
    }

    @Override
    public RegisteredSchema latest(String subject) {
        List<RegisteredSchema> versions = versions(subject);
        return versions.get(versions.size() - 1);
    }

    @Override
    public RegisteredSchema version(String subject, int version) {
        return versions(subject).get(version - 1);
    }

    private synchronized List<RegisteredSchema> versions(String subject) {
        if (outage != null) {
            throw new SchemaRegistryException(outage);
        }
        List<RegisteredSchema> versions = subjects.get(subject);
        if (versions == null) {
            throw new SchemaRegistryException("subject " + subject + " is not registered");
        }
        return List.copyOf(versions);
    }
}
