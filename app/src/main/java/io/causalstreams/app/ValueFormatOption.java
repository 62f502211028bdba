package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.registry.ConfluentSchemaRegistry;
import io.causalstreams.registry.RegisteredFormat;
import io.causalstreams.registry.SchemaType;
import io.causalstreams.topology.ValueFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** In which format the values of prompts and completions are. */
final class ValueFormatOption {
    private static final String URL = "schema.registry.url";

    @Option(
            names = "--value-format",
            paramLabel = "FORMAT",
            defaultValue = "json",
            converter = Format.Reader.class,
            description =
                    "Of prompts and completions: json, or avro, protobuf, json-schema by the schemas that are registered at"
                            + " schema.registry.url in --config; default ${DEFAULT-VALUE}.")
    private Format format = Format.JSON;

    /** By the names of the option. */
    enum Format {
        JSON,
        AVRO,
        PROTOBUF,
        JSON_SCHEMA;

        /** Of the option's names. */
        static final class Reader implements ITypeConverter<Format> {
            @Override
            public Format convert(String name) {
                return switch (name) {
                    case "json" -> JSON;
                    case "avro" -> AVRO;
                    case "protobuf" -> PROTOBUF;
                    case "json-schema" -> JSON_SCHEMA;
                    default ->
                        throw new TypeConversionException(
                                "'" + name + "' is none of json, avro, protobuf, json-schema");
                };
            }
        }
    }

    boolean isRegistered() {
        return format != Format.JSON;
    }

    /** @throws AppException if nobody says where the registry is */
    ValueFormat of(KafkaConnection connection) {
        if (!isRegistered()) {
            return ValueFormat.json();
        }
        if (connection.properties().getOrDefault(URL, "").isBlank()) {
            throw new AppException("--value-format needs a schema registry; give " + URL + " in --config");
        }
        SchemaType type = switch (format) {
            case AVRO -> SchemaType.AVRO;
            case PROTOBUF -> SchemaType.PROTOBUF;
            default -> SchemaType.JSON;
        };
        return RegisteredFormat.of(ConfluentSchemaRegistry.of(connection.properties()), type);
    }
}
