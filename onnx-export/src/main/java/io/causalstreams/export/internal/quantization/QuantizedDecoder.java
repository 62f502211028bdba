package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.block.Arithmetic;

/** A decoder prepared for an arithmetic with fewer bits, and that arithmetic. */
public record QuantizedDecoder(Decoder decoder, Arithmetic arithmetic) {

    /** Eight bits: whole rows where the decoder can be prepared for it, else blocks. */
    public static QuantizedDecoder int8(Decoder decoder) {
        return ResidualRotation.possible(decoder)
                ? new QuantizedDecoder(spread(decoder), new Int8Arithmetic())
                : new QuantizedDecoder(decoder, new BlockArithmetic());
    }

    /** The same function with its activations spread evenly over their channels, as far as the decoder's structure allows. */
    public static Decoder spread(Decoder decoder) {
        Decoder values = ValueRotation.apply(decoder);
        return ResidualRotation.possible(values) ? ResidualRotation.apply(values) : values;
    }
}
