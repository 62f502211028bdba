package io.causalstreams.export.internal.graph;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;

/** Element types of tensors that exported graphs hold. */
public enum ElementType {
    FLOAT(DataType.FLOAT, 4),
    FLOAT16(DataType.FLOAT16, 2),
    BFLOAT16(DataType.BFLOAT16, 2),
    INT8(DataType.INT8, 1),
    UINT8(DataType.UINT8, 1),
    INT32(DataType.INT32, 4),
    INT64(DataType.INT64, 8),
    BOOL(DataType.BOOL, 1);

    private final DataType proto;
    private final int bytes;

    ElementType(DataType proto, int bytes) {
        this.proto = proto;
        this.bytes = bytes;
    }

    /** The number that ONNX gives this type, as in the {@code to} attribute of {@code Cast}. */
    public int code() {
        return proto.getNumber();
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
