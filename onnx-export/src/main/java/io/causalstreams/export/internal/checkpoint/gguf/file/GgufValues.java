package io.causalstreams.export.internal.checkpoint.gguf.file;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decodes the key-value section of a GGUF header; the Java types are those of {@link GgufMetadata}. */
final class GgufValues {

    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int MAX_NESTING = 4;

    private GgufValues() {}

    static Map<String, Object> read(GgufCursor cursor, int count) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = cursor.string();
            if (values.put(key, value(cursor, cursor.i32(), 0)) != null) {
                throw cursor.damaged("has metadata " + key + " twice");
            }
        }
        return values;
    }

    private static Object value(GgufCursor cursor, int type, int depth) {
        if (isInteger(type)) {
            return integer(cursor, type);
        }
        if (isFloat(type)) {
            return floating(cursor, type);
        }
        return switch (type) {
            case BOOL -> bool(cursor);
            case STRING -> cursor.string();
            case ARRAY -> array(cursor, depth);
            default -> throw unknown(cursor, type);
        };
    }

    private static Object array(GgufCursor cursor, int depth) {
        int type = cursor.i32();
        int length = cursor.arrayLength(bytes(cursor, type));
        if (isInteger(type) || type == BOOL) {
            long[] integers = new long[length];
            for (int i = 0; i < length; i++) {
                integers[i] = type == BOOL ? (bool(cursor) ? 1 : 0) : integer(cursor, type);
            }
            return integers;
        }
        if (isFloat(type)) {
            double[] numbers = new double[length];
            for (int i = 0; i < length; i++) {
                numbers[i] = floating(cursor, type);
            }
            return numbers;
        }
        if (depth == MAX_NESTING) {
            throw cursor.damaged("nests arrays more than " + MAX_NESTING + " deep");
        }
        List<Object> elements = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            elements.add(value(cursor, type, depth + 1));
        }
        return elements;
    }

    /** Bytes an element takes at least. */
    private static int bytes(GgufCursor cursor, int type) {
        return switch (type) {
            case 0, 1, BOOL -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case STRING, 10, 11, 12 -> 8;
            case ARRAY -> 12;
            default -> throw unknown(cursor, type);
        };
    }

    private static boolean isInteger(int type) {
        return (type >= 0 && type <= 5) || type == 10 || type == 11;
    }

    private static boolean isFloat(int type) {
        return type == 6 || type == 12;
    }

    private static long integer(GgufCursor cursor, int type) {
        return switch (type) {
            case 0 -> cursor.u8();
            case 1 -> (byte) cursor.u8();
            case 2 -> cursor.i16() & 0xffff;
            case 3 -> cursor.i16();
            case 4 -> cursor.i32() & 0xffffffffL;
            case 5 -> cursor.i32();
            default -> cursor.i64();
        };
    }

    /** fp32 through its shortest decimal, so that 1e-5f becomes 1e-5 as in the config.json it came from. */
    private static double floating(GgufCursor cursor, int type) {
        return type == 6
                ? Double.parseDouble(Float.toString(Float.intBitsToFloat(cursor.i32())))
                : Double.longBitsToDouble(cursor.i64());
    }

    private static boolean bool(GgufCursor cursor) {
        int value = cursor.u8();
        if (value > 1) {
            throw cursor.damaged("has the boolean " + value);
        }
        return value == 1;
    }

    private static CheckpointException unknown(GgufCursor cursor, int type) {
        return cursor.damaged("has a value of unknown type " + Integer.toUnsignedString(type));
    }
}
