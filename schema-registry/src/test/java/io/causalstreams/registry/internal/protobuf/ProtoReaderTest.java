package io.causalstreams.registry.internal.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.causalstreams.registry.FakeRegistry;
import io.causalstreams.registry.RegisteredSchema;
import io.causalstreams.registry.SchemaRegistryException;
import io.causalstreams.registry.SchemaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The goldens are protoc's: {@code schema-registry/tools/protoc-goldens}. */
class ProtoReaderTest {

    @Test
    void shouldReadWhatProtocReads() throws IOException, DescriptorValidationException {
        shouldReadWhatProtocReads("everything");
        shouldReadWhatProtocReads("everything2");
    }

    private static void shouldReadWhatProtocReads(String name) throws IOException, DescriptorValidationException {
        // Given
        FileDescriptorProto golden =
                FileDescriptorSet.parseFrom(resource(name + ".binpb")).getFile(0);
        FileDescriptor[] imports = ProtoFiles.imports(golden, Map.of());
        FileDescriptor byProtoc = FileDescriptor.buildFrom(golden, imports);
        // When
        String source = new String(resource(name + ".proto"), StandardCharsets.UTF_8);
        FileDescriptor read = FileDescriptor.buildFrom(ProtoReader.read(name + ".proto", source), imports);
        // Then
        assertThat(read.getPackage()).isEqualTo(byProtoc.getPackage());
        assertThat(messages(read.getMessageTypes())).isEqualTo(messages(byProtoc.getMessageTypes()));
        assertThat(enums(read.getEnumTypes())).isEqualTo(enums(byProtoc.getEnumTypes()));
    }

    @Test
    void shouldNameTheLineOfWhatIsNotOfTheLanguage() {
        assertThatThrownBy(() -> ProtoReader.read("a.proto", "syntax = \"proto3\";\n\nmessage A {\n  string a 1;\n}"))
                .hasMessage("line 4: 1 where = is expected");
        assertThatThrownBy(() -> ProtoReader.read("a.proto", "message A { string a = 1;"))
                .hasMessageContaining("ends in the middle");
        assertThatThrownBy(() -> ProtoReader.read("a.proto", "edition = \"2023\";"))
                .hasMessageContaining("proto2 and proto3 are read");
    }

    @Test
    void shouldNameAnImportWithoutReference() {
        RegisteredSchema schema = new RegisteredSchema(
                "orders-value",
                3,
                7,
                SchemaType.PROTOBUF,
                "syntax = \"proto3\"; import \"shop/line.proto\"; message A {}",
                List.of());
        assertThatThrownBy(() -> ProtoFiles.read(new FakeRegistry(), schema))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("orders-value version 3", "it imports shop/line.proto");
    }

    private static List<Object> messages(List<Descriptor> types) {
        List<Object> all = new ArrayList<>();
        for (Descriptor type : types) {
            List<Object> fields = new ArrayList<>();
            for (FieldDescriptor field : type.getFields()) {
                fields.add(List.of(
                        field.getFullName(),
                        field.getNumber(),
                        field.getType(),
                        field.getJsonName(),
                        field.isRepeated(),
                        field.isRequired(),
                        field.hasPresence(),
                        field.isMapField(),
                        field.isPacked(),
                        defaultOf(field),
                        field.getRealContainingOneof() == null
                                ? ""
                                : field.getRealContainingOneof().getName(),
                        field.getType() == FieldDescriptor.Type.MESSAGE
                                ? field.getMessageType().getFullName()
                                : field.getType() == FieldDescriptor.Type.ENUM
                                        ? field.getEnumType().getFullName()
                                        : ""));
            }
            fields.sort(Comparator.comparing(Object::toString));
            all.add(List.of(
                    type.getFullName(), fields, messages(sorted(type.getNestedTypes())), enums(type.getEnumTypes())));
        }
        return all;
    }

    private static String defaultOf(FieldDescriptor field) {
        if (!field.hasDefaultValue()) {
            return "";
        }
        return field.getType() == FieldDescriptor.Type.BYTES
                ? field.toProto().getDefaultValue()
                : field.getDefaultValue().toString();
    }

    private static List<Descriptor> sorted(List<Descriptor> types) {
        return types.stream().sorted(Comparator.comparing(Descriptor::getName)).toList();
    }

    private static List<Object> enums(List<EnumDescriptor> types) {
        List<Object> all = new ArrayList<>();
        types.forEach(type -> type.getValues()
                .forEach(value -> all.add(List.of(type.getFullName(), value.getName(), value.getNumber()))));
        return all;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ProtoReaderTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }
}
