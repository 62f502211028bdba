package io.causalstreams.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import io.causalstreams.topology.OutputForm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProtobufFormTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final FakeRegistry registry = new FakeRegistry();

    @Test
    void shouldReadMessagesOneofsMapsEnumsAndWellKnownTypes() throws IOException {
        registry.register("orders-value", SchemaType.PROTOBUF, everything());
        DynamicMessage order = ProtobufForm.ofTopic(registry, "orders").latest().read("""
                {"orderId": "o-1", "prio": 3, "lines": [{"sku": "a", "count": 2, "price": 1.5}], "countsByName": {"a": 5},
                 "byNumber": {"7": {"sku": "b", "count": 1, "price": 0}}, "voucher": "v", "at": "2026-01-01T00:00:00.25Z",
                 "took": "1.5s", "note": "n", "extra": {"k": [1, null]}, "status": "OPEN", "weights": [0.5],
                 "digest": "AQI=", "big": 9}""");
        Descriptor type = order.getDescriptorForType();
        assertThat(type.getFullName()).isEqualTo("test.everything.Order");
        assertThat(order.getField(type.findFieldByName("order_id"))).isEqualTo("o-1");
        assertThat(order.getField(type.findFieldByName("priority"))).isEqualTo(3);
        assertThat(order.hasField(type.findFieldByName("voucher"))).isTrue();
        assertThat(order.hasField(type.findFieldByName("card"))).isFalse();
        assertThat(order.getRepeatedFieldCount(type.findFieldByName("lines"))).isEqualTo(1);
        assertThat(order.getField(type.findFieldByName("at")).toString()).contains("nanos: 250000000");
        assertThat(order.getField(type.findFieldByName("status"))).hasToString("OPEN");
        assertThat(order.getField(type.findFieldByName("digest"))).isEqualTo(ByteString.copyFrom(new byte[] {1, 2}));
        assertThat(order.hasField(type.findFieldByName("gift"))).isFalse();
    }

    @Test
    void shouldTakeTheMessageThatIsNamed() throws IOException {
        registry.register("orders-value", SchemaType.PROTOBUF, everything());
        assertThat(ProtobufForm.ofSubject(registry, "orders-value", "Order.Card")
                        .latest()
                        .read("{\"digits\":\"1\"}")
                        .getDescriptorForType()
                        .getName())
                .isEqualTo("Card");
        assertThatThrownBy(() -> ProtobufForm.ofSubject(registry, "orders-value", "Bill"))
                .hasMessageContaining("has no message Bill; it has [Order]");
    }

    @Test
    void shouldWriteGeneratedClasses() {
        Struct struct = ProtobufForm.of(Struct.class).latest().read("{\"a\":1}");
        assertThat(struct.getFieldsOrThrow("a").getNumberValue()).isEqualTo(1);
        Timestamp timestamp = ProtobufForm.of(Timestamp.class).latest().read("\"1970-01-01T00:00:01Z\"");
        assertThat(timestamp.getSeconds()).isEqualTo(1);
    }

    @Test
    void shouldFollowReferences() {
        registry.register(
                "line", SchemaType.PROTOBUF, "syntax = \"proto3\"; package shop; message Line { string sku = 1; }");
        registry.register(
                "orders-value",
                SchemaType.PROTOBUF,
                "syntax = \"proto3\"; package shop; import \"shop/line.proto\"; message Order { Line line = 1; }",
                new RegisteredSchema.Reference("shop/line.proto", "line", 1));
        assertThat(ProtobufForm.ofTopic(registry, "orders")
                        .latest()
                        .read("{\"line\":{\"sku\":\"a\"}}")
                        .toString())
                .contains("sku: \"a\"");
    }

    @Test
    void shouldRefuseAFieldOfAnyMessage() {
        registry.register(
                "orders-value",
                SchemaType.PROTOBUF,
                "syntax = \"proto3\"; import \"google/protobuf/any.proto\"; message A { google.protobuf.Any what = 1; }");
        assertThatThrownBy(() -> ProtobufForm.ofTopic(registry, "orders"))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("A.what is a google.protobuf.Any");
    }

    @Test
    void shouldOnlyWriteWhatProtobufTakes() throws IOException {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        shouldOnlyWriteWhatProtobufTakes(everything(), 40, seed, random);
        for (int i = 0; i < 60; i++) {
            shouldOnlyWriteWhatProtobufTakes(new RandomMessages(random).file(), 4, seed, random);
        }
    }

    private static void shouldOnlyWriteWhatProtobufTakes(String source, int texts, long seed, Random random)
            throws InvalidProtocolBufferException {
        // Given
        FakeRegistry registry = new FakeRegistry();
        registry.register("orders-value", SchemaType.PROTOBUF, source);
        OutputForm.Version<DynamicMessage> form =
                ProtobufForm.ofTopic(registry, "orders").latest();
        String said = "-Dtest.seed=" + seed + " " + source + " " + form.jsonSchema();
        ConstrainedText writer;
        try {
            writer = new ConstrainedText(form.jsonSchema(), random);
        } catch (RuntimeException e) {
            throw new AssertionError(said, e);
        }
        for (int i = 0; i < texts; i++) {
            // When
            String json = writer.next(random.nextInt(300));
            Message message;
            try {
                message = form.read(json);
            } catch (IllegalArgumentException e) {
                // Protobuf's own limit, for readers too: such an answer is none
                assertThat(e).as(said + " " + json).hasMessageMatching("(?is).*(nesting|recursion).*");
                continue;
            } catch (RuntimeException e) {
                throw new AssertionError(said + " " + json, e);
            }
            // Then
            assertThat(message.isInitialized()).as(said + " " + json).isTrue();
            ByteString bytes = message.toByteString();
            assertThat(DynamicMessage.parseFrom(message.getDescriptorForType(), bytes)
                            .toByteString())
                    .as(said + " " + json)
                    .isEqualTo(bytes);
            for (OneofDescriptor oneof : message.getDescriptorForType().getRealOneofs()) {
                List<FieldDescriptor> written = oneof.getFields().stream()
                        .filter(each -> written(json).has(each.getJsonName()))
                        .toList();
                assertThat(written).as(said + " " + json).hasSize(message.hasOneof(oneof) ? 1 : 0);
            }
        }
    }

    private static JsonNode written(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }

    private static String everything() throws IOException {
        String name = "internal/protobuf/everything.proto";
        try (InputStream in = Objects.requireNonNull(ProtobufFormTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
