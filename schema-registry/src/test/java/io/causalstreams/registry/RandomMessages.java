package io.causalstreams.registry;

import java.util.List;
import java.util.Random;

/** Protobuf files of everything, by chance. */
final class RandomMessages {

    private static final List<String> SCALARS = List.of(
            "double",
            "float",
            "int32",
            "int64",
            "uint32",
            "uint64",
            "sint32",
            "sint64",
            "fixed32",
            "fixed64",
            "sfixed32",
            "sfixed64",
            "bool",
            "string",
            "bytes");
    private static final List<String> KEYS =
            List.of("int32", "int64", "uint32", "uint64", "sint32", "fixed32", "fixed64", "sfixed64", "bool", "string");
    private static final List<String> WELL_KNOWN = List.of(
            "Timestamp",
            "Duration",
            "FieldMask",
            "Struct",
            "Value",
            "ListValue",
            "DoubleValue",
            "FloatValue",
            "Int64Value",
            "UInt64Value",
            "Int32Value",
            "UInt32Value",
            "BoolValue",
            "StringValue",
            "BytesValue",
            "Empty");
    private static final int MESSAGES = 3;

    private final Random random;
    private int numbers;

    RandomMessages(Random random) {
        this.random = random;
    }

    String file() {
        StringBuilder file = new StringBuilder("syntax = \"proto3\";\npackage test.random;\n");
        for (String each : List.of("timestamp", "duration", "field_mask", "struct", "wrappers", "empty")) {
            file.append("import \"google/protobuf/").append(each).append(".proto\";\n");
        }
        for (int i = 0; i < MESSAGES; i++) {
            file.append("message M").append(i).append(" {\n");
            for (int field = random.nextInt(1, 5); field > 0; field--) {
                file.append(field());
            }
            file.append("}\n");
        }
        return file + "enum Colour { NONE = 0; RED = 1; DARK_BLUE = 2; }\n";
    }

    private String field() {
        return switch (random.nextInt(6)) {
            case 0 -> "  optional " + value() + declared();
            case 1 -> "  repeated " + value() + declared();
            case 2 -> "  map<" + any(KEYS) + ", " + value() + ">" + declared();
            case 3 ->
                "  oneof choice" + numbers++ + " {\n  " + value() + declared() + "  " + value() + declared() + "  }\n";
            default -> "  " + value() + declared();
        };
    }

    private String declared() {
        int number = ++numbers;
        return " some_field_" + number + " = " + number + ";\n";
    }

    private String value() {
        return switch (random.nextInt(5)) {
            case 0 -> "google.protobuf." + any(WELL_KNOWN);
            case 1 -> "M" + random.nextInt(MESSAGES);
            case 2 -> "Colour";
            default -> any(SCALARS);
        };
    }

    private String any(List<String> all) {
        return all.get(random.nextInt(all.size()));
    }
}
