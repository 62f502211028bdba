package io.causalstreams.topology.internal.operator;

import io.causalstreams.topology.ValueFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** JSON behind a zero. */
enum Framed implements ValueFormat {
    FORMAT;

    @Override
    public byte[] toJson(String topic, byte[] value) {
        return value.length > 0 && value[0] == 0 ? Arrays.copyOfRange(value, 1, value.length) : value;
    }

    @Override
    public byte[] fromJson(String topic, byte[] json) {
        return ByteBuffer.allocate(1 + json.length).put((byte) 0).put(json).array();
    }
}
