package io.causalstreams.registry;

/** What a schema is written in. */
public enum SchemaType {
    AVRO,
    PROTOBUF,
    JSON
}
