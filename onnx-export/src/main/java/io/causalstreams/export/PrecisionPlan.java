package io.causalstreams.export;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.FloatArithmetic;

/** What a {@link Precision} does to a decoder, and the arithmetic of its graph. */
record PrecisionPlan(Decoder decoder, Arithmetic arithmetic) {

    static PrecisionPlan of(Precision precision, Decoder decoder) {
        return switch (precision) {
            case FP32 -> new PrecisionPlan(decoder, new FloatArithmetic());
            case INT8, INT4 ->
                throw new io.causalstreams.export.internal.architecture.UnsupportedModelException(
                        "precision " + precision.id() + " is not implemented; use fp32");
        };
    }
}
