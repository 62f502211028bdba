package io.causalstreams.export;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.quantization.QuantizedDecoder;
import java.util.function.Supplier;

/**
 * What a {@link Precision} does to a decoder, and the arithmetic of its graphs.
 *
 * @param arithmetic a new one for every graph
 */
record PrecisionPlan(Decoder decoder, Supplier<Arithmetic> arithmetic) {

    static PrecisionPlan of(Precision precision, Decoder decoder) {
        return switch (precision) {
            case FP32 -> new PrecisionPlan(decoder, FloatArithmetic::new);
            case INT8 -> of(QuantizedDecoder.int8(decoder));
            case INT4 -> of(QuantizedDecoder.int4(decoder));
        };
    }

    private static PrecisionPlan of(QuantizedDecoder quantized) {
        return new PrecisionPlan(quantized.decoder(), quantized.arithmetic());
    }
}
