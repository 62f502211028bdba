package io.causalstreams.export;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.quantization.QuantizedDecoder;

/** What a {@link Precision} does to a decoder, and the arithmetic of its graph. */
record PrecisionPlan(Decoder decoder, Arithmetic arithmetic) {

    static PrecisionPlan of(Precision precision, Decoder decoder) {
        return switch (precision) {
            case FP32 -> new PrecisionPlan(decoder, new FloatArithmetic());
            case INT8 -> of(QuantizedDecoder.int8(decoder));
            case INT4 -> throw new UnsupportedModelException("precision int4 is not implemented; use int8 or fp32");
        };
    }

    private static PrecisionPlan of(QuantizedDecoder quantized) {
        return new PrecisionPlan(quantized.decoder(), quantized.arithmetic());
    }
}
