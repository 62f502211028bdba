package io.causalstreams.registry.internal.protobuf;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.WrappersProto;
import io.causalstreams.registry.RegisteredSchema;
import io.causalstreams.registry.SchemaRegistry;
import io.causalstreams.registry.SchemaRegistryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The file of a registered schema, with what it imports: Protobuf's own files, and those that the registry's references name.
 *
 * @param name of the schema, for messages
 */
public record ProtoFiles(String name, FileDescriptor file) {

    private static final Map<String, FileDescriptor> OWN = Stream.of(
                    AnyProto.getDescriptor(),
                    ApiProto.getDescriptor(),
                    DescriptorProtos.getDescriptor(),
                    DurationProto.getDescriptor(),
                    EmptyProto.getDescriptor(),
                    FieldMaskProto.getDescriptor(),
                    SourceContextProto.getDescriptor(),
                    StructProto.getDescriptor(),
                    TimestampProto.getDescriptor(),
                    TypeProto.getDescriptor(),
                    WrappersProto.getDescriptor())
            .collect(Collectors.toUnmodifiableMap(FileDescriptor::getName, each -> each));

    /** Reads the schema's file and its imports. @throws SchemaRegistryException if a file cannot be had or read */
    public static ProtoFiles read(SchemaRegistry registry, RegisteredSchema registered) {
        return new ProtoFiles(
                registered.name(), file(registry, registered, registered.subject() + ".proto", new HashMap<>()));
    }

    private static FileDescriptor file(
            SchemaRegistry registry, RegisteredSchema registered, String path, Map<String, FileDescriptor> known) {
        for (RegisteredSchema.Reference each : registered.references()) {
            if (!known.containsKey(each.name())) {
                RegisteredSchema referenced = registry.version(each.subject(), each.version());
                known.put(each.name(), file(registry, referenced, each.name(), known));
            }
        }
        try {
            FileDescriptorProto parsed = ProtoReader.read(path, registered.text());
            return FileDescriptor.buildFrom(parsed, imports(parsed, known));
        } catch (IllegalArgumentException | DescriptorValidationException e) {
            throw new SchemaRegistryException(registered.name() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Those that a file names. @throws IllegalArgumentException naming one that is not known */
    static FileDescriptor[] imports(FileDescriptorProto file, Map<String, FileDescriptor> known) {
        List<FileDescriptor> imports = new ArrayList<>();
        for (String imported : file.getDependencyList()) {
            FileDescriptor found = known.getOrDefault(imported, OWN.get(imported));
            if (found == null) {
                throw new IllegalArgumentException("it imports " + imported + ", for which it has no reference");
            }
            imports.add(found);
        }
        return imports.toArray(FileDescriptor[]::new);
    }

    /**
     * A message.
     *
     * @param named as in the file, nested ones with points; null = the first
     */
    public Descriptor message(@Nullable String named) {
        List<Descriptor> messages = file.getMessageTypes();
        if (named == null) {
            if (messages.isEmpty()) {
                throw new SchemaRegistryException(name + " has no message");
            }
            return messages.get(0);
        }
        String[] path = named.split("\\.", -1);
        Descriptor found = file.findMessageTypeByName(path[0]);
        for (int i = 1; i < path.length && found != null; i++) {
            found = found.findNestedTypeByName(path[i]);
        }
        if (found == null) {
            throw new SchemaRegistryException(name + " has no message " + named + "; it has "
                    + messages.stream().map(Descriptor::getName).toList());
        }
        return found;
    }
}
