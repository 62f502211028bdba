package io.causalstreams.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.CodedInputStream;
import io.causalstreams.registry.internal.avro.AvroJson;
import io.causalstreams.registry.internal.avro.AvroRecords;
import io.causalstreams.registry.internal.protobuf.MessageFrame;
import io.causalstreams.registry.internal.protobuf.ProtoFiles;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.ValueFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prompts and completions of registered schemas, in Confluent's wire format: a zero, the id of the schema in four bytes, the value. Read
 * by the schema that the id names, written by the latest of {@code <topic>-value}, which is asked for again every
 * {@value #REFRESH_SECONDS} s, beside the threads that write. Nothing is registered.
 *
 * <p>A schema has the fields of the event that its readers want, by the events' names; what else the event has is left out.
 *
 * <p>Threading: any thread; waits for the registry where a schema is not known.
 */
public final class RegisteredFormat implements ValueFormat {
    private static final Logger log = LoggerFactory.getLogger(RegisteredFormat.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int REFRESH_SECONDS = 15;
    private static final int FRAME_BYTES = 5;
    private static final long MOST_RETRY_NANOS = 1_000_000_000;
    private static final int MOST_UNKNOWN = 1_000;

    private final ConfluentSchemaRegistry registry;
    private final SchemaType type;
    private final Map<Integer, Codec> byId = new ConcurrentHashMap<>();
    private final Map<Integer, Unknown> unknown = new ConcurrentHashMap<>();
    private final Map<String, Latest> latest = new ConcurrentHashMap<>();
    private final Set<String> refreshing = ConcurrentHashMap.newKeySet();
    private final long refreshNanos;
    private final long retryNanos;

    private record Latest(int id, Codec codec, long asOf) {}

    /** A schema that could not be had. */
    private record Unknown(RuntimeException why, long asOf) {}

    private RegisteredFormat(ConfluentSchemaRegistry registry, SchemaType type, Duration refresh) {
        this.registry = registry;
        this.type = type;
        this.refreshNanos = refresh.toNanos();
        this.retryNanos = Math.min(refreshNanos, MOST_RETRY_NANOS);
    }

    /** Of this type; the registry is asked when there is something to read or write. */
    public static RegisteredFormat of(ConfluentSchemaRegistry registry, SchemaType type) {
        return of(registry, type, Duration.ofSeconds(REFRESH_SECONDS));
    }

    /** @param refresh how old the latest schema of a topic may be */
    static RegisteredFormat of(ConfluentSchemaRegistry registry, SchemaType type, Duration refresh) {
        return new RegisteredFormat(registry, type, refresh);
    }

    /**
     * {@code value} itself if it has no frame, or one of a schema that is not there, cannot be read or of which it is none.
     *
     * @throws FormUnavailableException if the registry does not say what the schema is, or one that it refers to
     */
    @Override
    public byte[] toJson(String topic, byte[] value) {
        if (value.length < FRAME_BYTES || value[0] != 0) {
            return value;
        }
        int id = ByteBuffer.wrap(value, 1, 4).getInt();
        try {
            return codec(id)
                    .read(ByteBuffer.wrap(value, FRAME_BYTES, value.length - FRAME_BYTES)
                            .slice());
        } catch (FormUnavailableException e) {
            throw e;
        } catch (IOException
                | RuntimeException
                | StackOverflowError e) { // values of schemas that hold themselves may be deep
            log.warn("a record of topic {} is none of its schema, id {}: {}", topic, id, e.toString());
            return value;
        }
    }

    /**
     * By the latest schema of the topic.
     *
     * @throws FormUnavailableException if none is known and the registry does not say which it is
     * @throws SchemaRegistryException if there is none, it is of another type, or wants what the event has not got
     */
    @Override
    public byte[] fromJson(String topic, byte[] json) {
        Latest now = latest(SchemaRegistry.subjectOf(topic));
        try {
            byte[] body = now.codec.write(json);
            return ByteBuffer.allocate(FRAME_BYTES + body.length)
                    .put((byte) 0)
                    .putInt(now.id)
                    .put(body)
                    .array();
        } catch (IOException | RuntimeException e) {
            throw new SchemaRegistryException(
                    "subject " + SchemaRegistry.subjectOf(topic) + ", schema id " + now.id
                            + ", cannot take an event of topic " + topic + ": " + e.getMessage(),
                    e);
        }
    }

    private Latest latest(String subject) {
        Latest known = latest.get(subject);
        if (known == null) {
            return latest.computeIfAbsent(subject, name -> waiting(() -> ask(name, null)));
        }
        if (System.nanoTime() - known.asOf > refreshNanos && refreshing.add(subject)) {
            Thread refresh = new Thread(() -> refresh(subject, known), "causal-streams-schema-" + subject);
            refresh.setDaemon(true);
            refresh.start();
        }
        return known;
    }

    private void refresh(String subject, Latest known) {
        try {
            latest.put(subject, ask(subject, known));
        } catch (RuntimeException e) {
            log.warn("events are written by schema id {} of {}, as before: {}", known.id, subject, e.getMessage());
            latest.computeIfPresent(subject, (name, is) -> new Latest(is.id, is.codec, System.nanoTime()));
        } finally {
            refreshing.remove(subject);
        }
    }

    private Latest ask(String subject, @Nullable Latest known) {
        RegisteredSchema found = registry.latest(subject);
        Codec codec = known != null && known.id == found.id() ? known.codec : codec(found);
        byId.putIfAbsent(found.id(), codec);
        return new Latest(found.id(), codec, System.nanoTime());
    }

    /** That one cannot be had is remembered for a moment, or many records of it would ask as often. */
    private Codec codec(int id) {
        Codec known = byId.get(id);
        if (known != null) {
            return known;
        }
        Unknown failed = unknown.get(id);
        if (failed != null && System.nanoTime() - failed.asOf < retryNanos) {
            throw failed.why;
        }
        try {
            return byId.computeIfAbsent(id, absent -> waiting(() -> codec(registry.byId(absent))));
        } catch (RuntimeException e) {
            if (unknown.size() >= MOST_UNKNOWN) {
                unknown.clear();
            }
            unknown.put(id, new Unknown(e, System.nanoTime()));
            throw e;
        }
    }

    /** What is asked for. @throws FormUnavailableException if the registry may have it later */
    private static <T> T waiting(Supplier<T> question) {
        try {
            return question.get();
        } catch (SchemaRegistryException e) {
            throw e.isRetriable() ? new FormUnavailableException(String.valueOf(e.getMessage()), e) : e;
        }
    }

    private Codec codec(RegisteredSchema schema) {
        if (schema.type() != type) {
            throw new SchemaRegistryException(
                    schema.name() + " is of type " + schema.type() + ", and the topics are said to be of " + type);
        }
        return switch (type) {
            case AVRO -> new AvroCodec(AvroRecords.of(AvroForm.parse(registry, schema)));
            case PROTOBUF -> new ProtobufCodec(ProtoFiles.read(registry, schema));
            case JSON -> new JsonCodec();
        };
    }

    /** Values of one schema, behind their frame. Immutable. */
    private interface Codec {
        byte[] read(ByteBuffer value) throws IOException;

        byte[] write(byte[] json) throws IOException;
    }

    private static final class JsonCodec implements Codec {
        @Override
        public byte[] read(ByteBuffer value) {
            return bytes(value);
        }

        @Override
        public byte[] write(byte[] json) {
            return json;
        }
    }

    private record AvroCodec(AvroRecords records) implements Codec {
        @Override
        public byte[] read(ByteBuffer value) throws IOException {
            Schema schema = records.schema();
            GenericRecord record = new GenericDatumReader<GenericRecord>(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes(value), null));
            return MAPPER.writeValueAsBytes(AvroJson.of(record));
        }

        @Override
        public byte[] write(byte[] json) throws IOException {
            GenericRecord record = records.read(new String(json, StandardCharsets.UTF_8));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
            return out.toByteArray();
        }
    }

    private record ProtobufCodec(ProtoFiles files) implements Codec {
        @Override
        public byte[] read(ByteBuffer value) throws IOException {
            return MessageFrame.read(files, CodedInputStream.newInstance(bytes(value)))
                    .getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] write(byte[] json) throws IOException {
            return MessageFrame.write(files, new String(json, StandardCharsets.UTF_8));
        }
    }

    private static byte[] bytes(ByteBuffer value) {
        byte[] copy = new byte[value.remaining()];
        value.duplicate().get(copy);
        return copy;
    }
}
