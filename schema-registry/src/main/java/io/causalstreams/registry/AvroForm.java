package io.causalstreams.registry;

import io.causalstreams.registry.internal.FormVersion;
import io.causalstreams.registry.internal.RegistryForm;
import io.causalstreams.registry.internal.avro.AvroRecords;
import io.causalstreams.topology.OutputForm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Answers that are Avro records. Needs {@code org.apache.avro:avro}, which every Avro serde brings.
 *
 * <p>A generic record holds what a serde without conversions of logical types writes: milliseconds for a
 * {@code timestamp-millis}, bytes for a {@code decimal}. A generated class holds what it was generated with.
 */
public final class AvroForm {

    private AvroForm() {}

    /**
     * The schema registered for the values of {@code topic}, always the latest version.
     *
     * @throws SchemaRegistryException if it cannot be had, or is no record
     */
    public static OutputForm<GenericRecord> ofTopic(SchemaRegistry registry, String topic) {
        return ofSubject(registry, SchemaRegistry.subjectOf(topic));
    }

    /** The same of a subject that is named otherwise. */
    public static OutputForm<GenericRecord> ofSubject(SchemaRegistry registry, String subject) {
        return new RegistryForm<>(
                registry,
                subject,
                SchemaType.AVRO,
                RegistryForm.REFRESH,
                registered -> version(registered.name(), parse(registry, registered)));
    }

    /** A schema that stays. @throws SchemaRegistryException if it is no record */
    public static OutputForm<GenericRecord> of(Schema schema) {
        return OutputForm.of(version(schema.getFullName(), schema));
    }

    /** Objects of a generated class, by the schema it was generated of. */
    public static <T extends SpecificRecord> OutputForm<T> of(Class<T> type) {
        SpecificData data = SpecificData.getForClass(type);
        AvroRecords records = AvroRecords.of(data.getSchema(type));
        return OutputForm.of(new FormVersion<>(
                type.getName(), records.jsonSchema(), json -> specific(type, data, records.read(json))));
    }

    private static OutputForm.Version<GenericRecord> version(String name, Schema schema) {
        AvroRecords records = AvroRecords.of(schema);
        return new FormVersion<>(name, records.jsonSchema(), records::read);
    }

    /** By way of Avro's bytes, so that the class's own conversions make its fields. */
    private static <T extends SpecificRecord> T specific(Class<T> type, SpecificData data, GenericRecord record) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
            return type.cast(new SpecificDatumReader<T>(record.getSchema(), record.getSchema(), data)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Schema parse(SchemaRegistry registry, RegisteredSchema registered) {
        try {
            return parse(registry, registered, new Schema.Parser(), new HashMap<>());
        } catch (AvroRuntimeException e) {
            throw new SchemaRegistryException(registered.name() + " is no Avro schema: " + e.getMessage(), e);
        }
    }

    /** A parser knows the names it has read; what is referenced comes first, and once. */
    private static Schema parse(
            SchemaRegistry registry, RegisteredSchema registered, Schema.Parser parser, Map<String, Schema> known) {
        for (RegisteredSchema.Reference each : registered.references()) {
            if (!known.containsKey(each.name())) {
                RegisteredSchema referenced = registry.version(each.subject(), each.version());
                known.put(each.name(), parse(registry, referenced, parser, known));
            }
        }
        return parser.parse(registered.text());
    }
}
