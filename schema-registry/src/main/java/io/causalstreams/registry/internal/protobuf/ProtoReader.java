package io.causalstreams.registry.internal.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads the source of a {@code .proto} file, as registries keep it: the messages and enums of proto2 and proto3. Of options those
 * that change values are read ({@code json_name}, {@code default}, {@code packed}, {@code allow_alias}); services and extensions
 * have no values and are passed over. Names of types are left as they are written: who builds the descriptor resolves them.
 *
 * @see <a href="https://protobuf.dev/reference/protobuf/proto3-spec/">the language</a>
 */
final class ProtoReader {

    private static final Map<String, FieldDescriptorProto.Type> SCALARS = Map.ofEntries(
            Map.entry("double", FieldDescriptorProto.Type.TYPE_DOUBLE),
            Map.entry("float", FieldDescriptorProto.Type.TYPE_FLOAT),
            Map.entry("int32", FieldDescriptorProto.Type.TYPE_INT32),
            Map.entry("int64", FieldDescriptorProto.Type.TYPE_INT64),
            Map.entry("uint32", FieldDescriptorProto.Type.TYPE_UINT32),
            Map.entry("uint64", FieldDescriptorProto.Type.TYPE_UINT64),
            Map.entry("sint32", FieldDescriptorProto.Type.TYPE_SINT32),
            Map.entry("sint64", FieldDescriptorProto.Type.TYPE_SINT64),
            Map.entry("fixed32", FieldDescriptorProto.Type.TYPE_FIXED32),
            Map.entry("fixed64", FieldDescriptorProto.Type.TYPE_FIXED64),
            Map.entry("sfixed32", FieldDescriptorProto.Type.TYPE_SFIXED32),
            Map.entry("sfixed64", FieldDescriptorProto.Type.TYPE_SFIXED64),
            Map.entry("bool", FieldDescriptorProto.Type.TYPE_BOOL),
            Map.entry("string", FieldDescriptorProto.Type.TYPE_STRING),
            Map.entry("bytes", FieldDescriptorProto.Type.TYPE_BYTES));

    private static final Set<String> PASSED_OVER = Set.of("reserved", "extensions", "option");

    private final ProtoTokens in;
    private boolean proto3;

    private ProtoReader(ProtoTokens in) {
        this.in = in;
    }

    /** Reads a file. @throws IllegalArgumentException naming the line that is not of the language */
    static FileDescriptorProto read(String path, String source) {
        return new ProtoReader(new ProtoTokens(source)).file(path);
    }

    private FileDescriptorProto file(String path) {
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder().setName(path);
        while (!in.isAtEnd()) {
            String keyword = in.take();
            switch (keyword) {
                case "syntax" -> syntax(file);
                case "edition" ->
                    throw new IllegalArgumentException("it is written in an edition; proto2 and proto3 are read");
                case "package" -> file.setPackage(upToSemicolon());
                case "import" -> imported(file);
                case "message" -> file.addMessageType(message());
                case "enum" -> file.addEnumType(enumeration());
                case "service", "extend" -> skipBlock();
                case "option" -> in.skipBehind(";");
                case ";" -> {}
                default -> throw in.unexpected("a message or an enum, behind " + keyword + ",");
            }
        }
        return file.build();
    }

    private void syntax(FileDescriptorProto.Builder file) {
        in.expect("=");
        String syntax = in.string();
        in.expect(";");
        proto3 = syntax.equals("proto3");
        file.setSyntax(syntax);
    }

    private void imported(FileDescriptorProto.Builder file) {
        if (in.takeIf("public")) {
            file.addPublicDependency(file.getDependencyCount());
        } else {
            in.takeIf("weak");
        }
        file.addDependency(in.string());
        in.expect(";");
    }

    private DescriptorProto message() {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(in.take());
        List<FieldDescriptorProto.Builder> optionals = new ArrayList<>();
        in.expect("{");
        while (!in.takeIf("}")) {
            String keyword = in.peek();
            if (PASSED_OVER.contains(keyword)) {
                in.skipBehind(";");
            } else if (in.takeIf("message")) {
                message.addNestedType(message());
            } else if (in.takeIf("enum")) {
                message.addEnumType(enumeration());
            } else if (in.takeIf("extend")) {
                skipBlock();
            } else if (in.takeIf("oneof")) {
                oneof(message);
            } else if (in.takeIf("map")) {
                map(message);
            } else if (!in.takeIf(";")) {
                field(message, optionals);
            }
        }
        // a proto3 field that may be absent is alone in a oneof, behind those of the source
        for (FieldDescriptorProto.Builder each : optionals) {
            each.setOneofIndex(message.getOneofDeclCount());
            message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + each.getName()));
            message.addField(each);
        }
        return message.build();
    }

    private void field(DescriptorProto.Builder message, List<FieldDescriptorProto.Builder> optionals) {
        Label label = Label.LABEL_OPTIONAL;
        boolean said = false;
        for (Label each : Label.values()) {
            if (in.takeIf(each.name().substring("LABEL_".length()).toLowerCase(Locale.ROOT))) {
                label = each;
                said = true;
            }
        }
        FieldDescriptorProto.Builder field = field(label);
        if (proto3 && said && label == Label.LABEL_OPTIONAL) {
            optionals.add(field.setProto3Optional(true));
        } else {
            message.addField(field);
        }
    }

    /** Type, name, number and options. */
    private FieldDescriptorProto.Builder field(Label label) {
        String type = in.take();
        if (type.equals("group")) {
            throw new IllegalArgumentException("it has a group; use a message");
        }
        FieldDescriptorProto.Builder field = typed(type).setLabel(label).setName(in.take());
        in.expect("=");
        field.setNumber(in.integer());
        options(field);
        in.expect(";");
        return field;
    }

    /** Whether a name is a message's or an enum's is found when it is resolved. */
    private static FieldDescriptorProto.Builder typed(String type) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder();
        FieldDescriptorProto.Type scalar = SCALARS.get(type);
        return scalar == null ? field.setTypeName(type) : field.setType(scalar);
    }

    private void oneof(DescriptorProto.Builder message) {
        int index = message.getOneofDeclCount();
        message.addOneofDecl(OneofDescriptorProto.newBuilder().setName(in.take()));
        in.expect("{");
        while (!in.takeIf("}")) {
            if (in.takeIf("option")) {
                in.skipBehind(";");
            } else if (!in.takeIf(";")) {
                message.addField(field(Label.LABEL_OPTIONAL).setOneofIndex(index));
            }
        }
    }

    /** A map is a list of entries, messages that are made for it. */
    private void map(DescriptorProto.Builder message) {
        in.expect("<");
        String key = in.take();
        in.expect(",");
        String value = in.take();
        in.expect(">");
        String name = in.take();
        in.expect("=");
        int number = in.integer();
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_REPEATED)
                .setTypeName(entryName(name));
        options(field);
        in.expect(";");
        message.addField(field);
        message.addNestedType(DescriptorProto.newBuilder()
                .setName(entryName(name))
                .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                .addField(typed(key).setName("key").setNumber(1).setLabel(Label.LABEL_OPTIONAL))
                .addField(typed(value).setName("value").setNumber(2).setLabel(Label.LABEL_OPTIONAL)));
    }

    private static String entryName(String field) {
        StringBuilder name = new StringBuilder();
        for (String part : field.split("_", -1)) {
            if (!part.isEmpty()) {
                name.append(Character.toUpperCase(part.charAt(0))).append(part, 1, part.length());
            }
        }
        return name.append("Entry").toString();
    }

    private EnumDescriptorProto enumeration() {
        EnumDescriptorProto.Builder enumeration =
                EnumDescriptorProto.newBuilder().setName(in.take());
        in.expect("{");
        while (!in.takeIf("}")) {
            if (in.peek().equals("reserved")) {
                in.skipBehind(";");
            } else if (in.takeIf("option")) {
                String option = in.take();
                if (option.equals("allow_alias") && in.takeIf("=") && in.peek().equals("true")) {
                    enumeration.getOptionsBuilder().setAllowAlias(true);
                }
                in.skipBehind(";");
            } else if (!in.takeIf(";")) {
                String name = in.take();
                in.expect("=");
                boolean negative = in.takeIf("-");
                int number = in.integer();
                enumeration.addValue(
                        EnumValueDescriptorProto.newBuilder().setName(name).setNumber(negative ? -number : number));
                in.skipBehind(";");
            }
        }
        return enumeration.build();
    }

    private void options(FieldDescriptorProto.Builder field) {
        if (!in.takeIf("[")) {
            return;
        }
        do {
            option(field);
        } while (in.takeIf(","));
        in.expect("]");
    }

    private void option(FieldDescriptorProto.Builder field) {
        String name = in.take();
        if (name.equals("(")) {
            in.skipBehind(")");
            while (!in.peek().equals("=")) {
                in.take();
            }
        }
        in.expect("=");
        if (in.isString()) {
            boolean isBytes = field.getType() == FieldDescriptorProto.Type.TYPE_BYTES;
            String text = isBytes ? TextFormat.escapeBytes(in.bytes()) : in.string();
            switch (name) {
                case "json_name" -> field.setJsonName(text);
                case "default" -> field.setDefaultValue(text);
                default -> {}
            }
        } else if (in.takeIf("{")) {
            in.skipBehind("}");
        } else {
            String value = in.takeIf("-") ? "-" + in.take() : in.take();
            switch (name) {
                case "default" -> field.setDefaultValue(value);
                case "packed" -> field.getOptionsBuilder().setPacked(value.equals("true"));
                default -> {}
            }
        }
    }

    private String upToSemicolon() {
        String name = in.take();
        in.expect(";");
        return name;
    }

    private void skipBlock() {
        in.skipBehind("{");
        in.skipBehind("}");
    }
}
