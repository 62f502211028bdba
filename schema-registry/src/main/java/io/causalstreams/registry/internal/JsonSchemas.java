package io.causalstreams.registry.internal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Schemas of values, as the constraint compiler writes them. */
public final class JsonSchemas {

    /** Up to 2^24 every integer is a float; what is larger has no decimals. */
    private static final String FLOAT_MAX = "1000000000000000000";

    private static final String MONTH_AND_DAY = "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";

    /** With the 29th of February of leap years. */
    private static final String DATE = "(?:" + year("\\d\\d", "[02468][048]|[13579][26]") + ")";

    /** What fits a long in nanoseconds since 1970: 1700 to 2199. */
    private static final String DATE_OF_NANOS = "(?:" + year("(?:1[7-9]|2[01])", "20") + ")";

    private static final String TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d";
    private static final String OFFSET = "(?:Z|[+-](?:0\\d|1[0-7]):[0-5]\\d)";

    private JsonSchemas() {}

    private static String year(String century, String leapCentury) {
        return century + "\\d\\d-" + MONTH_AND_DAY + "|" + century + "(?:0[48]|[2468][048]|[13579][26])-02-29|(?:"
                + leapCentury + ")00-02-29";
    }

    /** A schema of this type alone. */
    public static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /** An object with what is put into its {@code properties}, and nothing else. */
    public static ObjectNode closedObject() {
        ObjectNode object = typed("object");
        object.putObject("properties");
        object.putArray("required");
        return object.put("additionalProperties", false);
    }

    /** Integers of 32 bits. */
    public static ObjectNode int32() {
        return typed("integer").put("minimum", Integer.MIN_VALUE).put("maximum", Integer.MAX_VALUE);
    }

    /** Integers of 64 bits: what is written has at most 18 digits. */
    public static ObjectNode int64() {
        return typed("integer");
    }

    /** Numbers that are finite as a float. */
    public static ObjectNode float32() {
        ObjectNode number = typed("number");
        number.put("minimum", new java.math.BigDecimal("-" + FLOAT_MAX));
        return number.put("maximum", new java.math.BigDecimal(FLOAT_MAX));
    }

    /** Numbers that are finite as a double: what is written has an exponent of at most two digits. */
    public static ObjectNode float64() {
        return typed("number");
    }

    /** Strings that match the whole expression. */
    public static ObjectNode matching(String expression) {
        return typed("string").put("pattern", "^(?:" + expression + ")$");
    }

    /** Any bytes, in base64. */
    public static ObjectNode base64() {
        return matching("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?");
    }

    /** So many bytes, in base64. */
    public static ObjectNode base64(int bytes) {
        String end = bytes % 3 == 0 ? "" : bytes % 3 == 1 ? "[A-Za-z0-9+/]{2}==" : "[A-Za-z0-9+/]{3}=";
        return matching((bytes < 3 ? "" : "[A-Za-z0-9+/]{" + bytes / 3 * 4 + "}") + end);
    }

    /** Days from 0000-01-01 to 9999-12-31. */
    public static ObjectNode date() {
        return matching(DATE);
    }

    /**
     * Times of a day.
     *
     * @param digits of a second's fraction at most
     */
    public static ObjectNode time(int digits) {
        return matching(TIME + fraction(digits));
    }

    /**
     * Instants, with an offset from UTC.
     *
     * @param digits of a second's fraction at most; 9 = years 1700 to 2199 only
     */
    public static ObjectNode instant(int digits) {
        return matching(dateOf(digits) + "T" + TIME + fraction(digits) + OFFSET);
    }

    /**
     * Dates with a time, wherever it is.
     *
     * @param digits of a second's fraction at most; 9 = years 1700 to 2199 only
     */
    public static ObjectNode localDateTime(int digits) {
        return matching(dateOf(digits) + "T" + TIME + fraction(digits));
    }

    /**
     * Decimal numbers as text.
     *
     * @param precision digits in all
     * @param scale digits behind the point
     */
    public static ObjectNode decimal(int precision, int scale) {
        int whole = precision - scale;
        String integer = whole <= 0 ? "0" : "(?:0|[1-9]\\d{0," + (whole - 1) + "})";
        return matching("-?" + integer + (scale == 0 ? "" : "(?:\\.\\d{1," + scale + "})?"));
    }

    private static String dateOf(int digits) {
        return digits == 9 ? DATE_OF_NANOS : DATE;
    }

    private static String fraction(int digits) {
        return "(?:\\.\\d{1," + digits + "})?";
    }
}
