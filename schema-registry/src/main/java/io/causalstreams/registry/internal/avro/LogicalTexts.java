package io.causalstreams.registry.internal.avro;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.registry.internal.JsonSchemas;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Logical types as text: decimals with their digits, dates and times by RFC 3339, UUIDs. They are read to the type under them,
 * such as milliseconds; a logical type that is not known here is written as that.
 */
final class LogicalTexts {

    private static final long SECONDS_TO_MILLIS = 1_000;
    private static final long SECONDS_TO_MICROS = 1_000_000;
    private static final long SECONDS_TO_NANOS = 1_000_000_000;

    private LogicalTexts() {}

    /** The type, or null if it has no logical type that is known. */
    static @Nullable AvroType of(Schema schema) {
        LogicalType logical = schema.getLogicalType();
        if (logical == null) {
            return null;
        }
        return switch (logical.getName()) {
            case "decimal" -> decimal(schema, (LogicalTypes.Decimal) logical);
            case "uuid" -> text(uuidSchema(), text -> uuid(schema, text));
            case "date" ->
                text(
                        JsonSchemas.date(),
                        text -> Math.toIntExact(LocalDate.parse(text).toEpochDay()));
            case "time-millis" ->
                text(JsonSchemas.time(3), text -> (int) (LocalTime.parse(text).toNanoOfDay() / 1_000_000));
            case "time-micros" ->
                text(JsonSchemas.time(6), text -> LocalTime.parse(text).toNanoOfDay() / 1_000);
            case "timestamp-millis" ->
                text(JsonSchemas.instant(3), text -> since1970(instant(text), SECONDS_TO_MILLIS));
            case "timestamp-micros" ->
                text(JsonSchemas.instant(6), text -> since1970(instant(text), SECONDS_TO_MICROS));
            case "timestamp-nanos" -> text(JsonSchemas.instant(9), text -> since1970(instant(text), SECONDS_TO_NANOS));
            case "local-timestamp-millis" ->
                text(JsonSchemas.localDateTime(3), text -> since1970(local(text), SECONDS_TO_MILLIS));
            case "local-timestamp-micros" ->
                text(JsonSchemas.localDateTime(6), text -> since1970(local(text), SECONDS_TO_MICROS));
            case "local-timestamp-nanos" ->
                text(JsonSchemas.localDateTime(9), text -> since1970(local(text), SECONDS_TO_NANOS));
            default -> null;
        };
    }

    private static AvroType text(ObjectNode schema, Function<String, Object> reader) {
        return new AvroType(JsonKind.STRING, schema, value -> reader.apply(value.textValue()));
    }

    private static AvroType decimal(Schema schema, LogicalTypes.Decimal decimal) {
        Conversions.DecimalConversion conversion = new Conversions.DecimalConversion();
        return text(JsonSchemas.decimal(decimal.getPrecision(), decimal.getScale()), text -> {
            BigDecimal value = new BigDecimal(text).setScale(decimal.getScale());
            return schema.getType() == Schema.Type.FIXED
                    ? conversion.toFixed(value, schema, decimal)
                    : conversion.toBytes(value, schema, decimal);
        });
    }

    private static ObjectNode uuidSchema() {
        return JsonSchemas.typed("string").put("format", "uuid");
    }

    private static Object uuid(Schema schema, String text) {
        UUID uuid = UUID.fromString(text);
        return schema.getType() == Schema.Type.FIXED
                ? new Conversions.UUIDConversion().toFixed(uuid, schema, schema.getLogicalType())
                : uuid.toString();
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static Instant local(String text) {
        return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    private static long since1970(Instant instant, long perSecond) {
        long nanosOfUnit = TimeUnit.SECONDS.toNanos(1) / perSecond;
        return instant.getEpochSecond() * perSecond + instant.getNano() / nanosOfUnit;
    }
}
