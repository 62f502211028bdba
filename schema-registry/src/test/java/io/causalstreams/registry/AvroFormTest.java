package io.causalstreams.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.topology.OutputForm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvroFormTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String ORDER = """
            {"type": "record", "name": "Order", "namespace": "shop", "fields": [
              {"name": "customer", "type": "string", "doc": "who pays"},
              {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
              {"name": "due", "type": {"type": "int", "logicalType": "date"}},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "currency", "type": "string", "default": "EUR"},
              {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["OPEN", "PAID"]}},
              {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
                {"name": "sku", "type": "string"}, {"name": "count", "type": "int"}]}}},
              {"name": "labels", "type": {"type": "map", "values": "string"}},
              {"name": "payment", "type": ["null",
                {"type": "record", "name": "Card", "fields": [{"name": "digits", "type": "string"}]},
                {"type": "record", "name": "Transfer", "fields": [{"name": "iban", "type": "string"}]}], "default": null},
              {"name": "replaces", "type": ["null", "Order"], "default": null}]}""";

    @Test
    void shouldReadLogicalTypesUnionsAndDefaults() {
        Schema schema = new Schema.Parser().parse(ORDER);
        GenericRecord order = AvroForm.of(schema).latest().read("""
                {"customer": "Ada", "total": "12.5", "due": "2026-02-28", "at": "2026-01-01T01:00:00.5+01:00", "status": "PAID",
                 "lines": [{"sku": "a", "count": 2}], "labels": {"k": "v"}, "payment": {"Transfer": {"iban": "DE1"}},
                 "replaces": null}""");
        assertThat(GenericData.get().validate(schema, order)).isTrue();
        Schema total = schema.getField("total").schema();
        assertThat(new Conversions.DecimalConversion()
                        .fromBytes((ByteBuffer) order.get("total"), total, total.getLogicalType()))
                .isEqualTo(new BigDecimal("12.50"));
        assertThat(order.get("due")).isEqualTo((int) LocalDate.of(2026, 2, 28).toEpochDay());
        assertThat(order.get("at"))
                .isEqualTo(Instant.parse("2026-01-01T00:00:00.500Z").toEpochMilli());
        assertThat(order.get("currency")).hasToString("EUR");
        assertThat(order.get("status")).hasToString("PAID");
        assertThat(order.get("labels")).isEqualTo(Map.of("k", "v"));
        assertThat(((GenericRecord) order.get("payment")).getSchema().getName()).isEqualTo("Transfer");
        assertThat(order.get("replaces")).isNull();
    }

    @Test
    void shouldAskForEveryFieldButThoseThatHaveADefaultOtherThanNull() {
        String json = AvroForm.of(new Schema.Parser().parse(ORDER)).latest().jsonSchema();
        assertThat(json)
                .contains("\"required\":[\"customer\",\"total\",\"due\",\"at\",\"status\",\"lines\",\"labels\","
                        + "\"payment\",\"replaces\"]")
                .contains("\"customer\":{\"type\":\"string\",\"description\":\"who pays\"}");
    }

    @Test
    void shouldWriteAUnionsValueAloneWhereItsKindTellsTheBranch() {
        Schema schema = recordOf(Schema.createUnion(
                Schema.create(Schema.Type.NULL),
                Schema.create(Schema.Type.STRING),
                Schema.create(Schema.Type.LONG),
                Schema.createArray(Schema.create(Schema.Type.INT))));
        OutputForm.Version<GenericRecord> form = AvroForm.of(schema).latest();
        assertThat(form.read("{\"value\":\"a\"}").get("value")).isEqualTo("a");
        assertThat(form.read("{\"value\":7}").get("value")).isEqualTo(7L);
        assertThat(form.read("{\"value\":[1,2]}").get("value")).isEqualTo(List.of(1, 2));
        assertThat(form.read("{\"value\":null}").get("value")).isNull();
    }

    @Test
    void shouldNameTheBranchOfAUnionWhereKindsAreEqual() {
        Schema schema = recordOf(Schema.createUnion(
                Schema.create(Schema.Type.NULL), Schema.create(Schema.Type.INT), Schema.create(Schema.Type.DOUBLE)));
        OutputForm.Version<GenericRecord> form = AvroForm.of(schema).latest();
        assertThat(form.read("{\"value\":{\"int\":7}}").get("value")).isEqualTo(7);
        assertThat(form.read("{\"value\":{\"double\":7}}").get("value")).isEqualTo(7.0);
        assertThat(form.read("{\"value\":null}").get("value")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int|\"7\"",
                "int|7.9",
                "int|3000000000",
                "int|true",
                "int|null",
                "long|\"sample\"",
                "long|0.5",
                "long|1e30",
                "float|1e39",
                "double|\"1\"",
                "double|1e400",
                "boolean|\"true\"",
                "boolean|1",
                "string|7",
                "bytes|7",
                "null|7"
            })
    void shouldRefuseValuesThatTheTypeHasNotGot(String type, String value) {
        OutputForm.Version<GenericRecord> form = AvroForm.of(recordOf(new Schema.Parser().parse("\"" + type + "\"")))
                .latest();
        assertThatThrownBy(() -> form.read("{\"value\":" + value + "}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("value: ");
    }

    @Test
    void shouldRefuseTextInsteadOfListsAndObjects() {
        Schema element = Schema.create(Schema.Type.INT);
        for (Schema each : List.of(Schema.createArray(element), Schema.createMap(element), recordOf(element))) {
            OutputForm.Version<GenericRecord> form = AvroForm.of(
                            Schema.createRecord("Outer", null, null, false, List.of(new Schema.Field("in", each))))
                    .latest();
            assertThatThrownBy(() -> form.read("{\"in\":\"x\"}"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("in: string instead of ");
        }
    }

    @Test
    void shouldTakeWholeNumbersHoweverTheyAreWritten() {
        OutputForm.Version<GenericRecord> form =
                AvroForm.of(recordOf(Schema.create(Schema.Type.INT))).latest();
        assertThat(form.read("{\"value\":7.0}").get("value")).isEqualTo(7);
    }

    @Test
    void shouldRefuseWhatIsNoRecord() {
        assertThatThrownBy(() -> AvroForm.of(Schema.create(Schema.Type.STRING)))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("is a string");
    }

    @Test
    void shouldOnlyWriteWhatAvroTakes() throws IOException {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 150; i++) {
            // Given
            Schema schema = new RandomSchemas(random).record(3);
            OutputForm.Version<GenericRecord> form = AvroForm.of(schema).latest();
            String said = "-Dtest.seed=" + seed + " " + schema + " " + form.jsonSchema();
            ConstrainedText texts;
            try {
                texts = new ConstrainedText(form.jsonSchema(), random);
            } catch (RuntimeException e) {
                throw new AssertionError(said, e);
            }
            for (int text = 0; text < 4; text++) {
                // When
                String json = texts.next(random.nextInt(300));
                GenericRecord record;
                try {
                    record = form.read(json);
                } catch (RuntimeException e) {
                    throw new AssertionError(said + " " + json, e);
                }
                // Then: valid, and equal when it was written and read
                assertThat(GenericData.get().validate(schema, record))
                        .as(said + " " + json)
                        .isTrue();
                assertThat(MAPPER.readTree(throughBytes(record).toString()))
                        .as(said + " " + json)
                        .isEqualTo(MAPPER.readTree(record.toString()));
            }
        }
    }

    private static GenericRecord throughBytes(GenericRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return new GenericDatumReader<GenericRecord>(record.getSchema())
                .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
    }

    private static Schema recordOf(Schema value) {
        return Schema.createRecord("Holder", null, "test", false, List.of(new Schema.Field("value", value)));
    }
}
