package io.causalstreams.registry;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Internal;
import com.google.protobuf.Message;
import io.causalstreams.registry.internal.FormVersion;
import io.causalstreams.registry.internal.RegistryForm;
import io.causalstreams.registry.internal.protobuf.MessageJson;
import io.causalstreams.registry.internal.protobuf.MessageSchema;
import io.causalstreams.registry.internal.protobuf.ProtoFiles;
import io.causalstreams.topology.OutputForm;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers that are Protobuf messages. Needs {@code com.google.protobuf:protobuf-java} and {@code protobuf-java-util}.
 *
 * <p>The model writes the JSON that Protobuf's specification gives a message; with every field that cannot be told apart from its
 * default when it is left out.
 *
 * @see <a href="https://protobuf.dev/programming-guides/json/">ProtoJSON</a>
 */
public final class ProtobufForm {

    private ProtobufForm() {}

    /**
     * The schema registered for the values of {@code topic}, always the latest version; of several messages in it the first, as
     * serdes take it.
     *
     * @throws SchemaRegistryException if it cannot be had, or has fields of type {@code Any}
     */
    public static OutputForm<DynamicMessage> ofTopic(SchemaRegistry registry, String topic) {
        return ofSubject(registry, SchemaRegistry.subjectOf(topic), null);
    }

    /**
     * The same of a subject that is named otherwise.
     *
     * @param message its name, as in its file; null = the first
     */
    public static OutputForm<DynamicMessage> ofSubject(
            SchemaRegistry registry, String subject, @Nullable String message) {
        return new RegistryForm<>(registry, subject, SchemaType.PROTOBUF, RegistryForm.REFRESH, registered -> {
            Descriptor type = ProtoFiles.read(registry, registered).message(message);
            return version(registered.name(), type, () -> DynamicMessage.newBuilder(type));
        });
    }

    /** Messages of a type that stays. */
    public static OutputForm<DynamicMessage> of(Descriptor type) {
        return OutputForm.of(version(type.getFullName(), type, () -> DynamicMessage.newBuilder(type)));
    }

    /** Messages of a generated class. */
    public static <T extends Message> OutputForm<T> of(Class<T> type) {
        T none = Internal.getDefaultInstance(type);
        return OutputForm.of(
                ProtobufForm.<T>version(type.getName(), none.getDescriptorForType(), none::newBuilderForType));
    }

    @SuppressWarnings("unchecked") // a builder builds messages of its type
    private static <T extends Message> OutputForm.Version<T> version(
            String name, Descriptor type, Supplier<Message.Builder> builders) {
        String schema = MessageSchema.of(type);
        return new FormVersion<>(name, schema, json -> (T) MessageJson.read(json, builders.get()));
    }
}
