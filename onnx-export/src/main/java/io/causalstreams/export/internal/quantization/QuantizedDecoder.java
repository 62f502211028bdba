package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.block.Arithmetic;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A decoder prepared for an arithmetic with fewer bits, and that arithmetic.
 *
 * @param arithmetic a new one for every graph
 * @param estimate the same but for what only the weights' elements can decide, and reads none; a new one for every graph
 */
public record QuantizedDecoder(Decoder decoder, Supplier<Arithmetic> arithmetic, Supplier<Arithmetic> estimate) {

    private QuantizedDecoder(Decoder decoder, Supplier<Arithmetic> arithmetic) {
        this(decoder, arithmetic, arithmetic);
    }

    /**
     * Eight bits: whole rows where the decoder can be prepared for it, see {@link Int8Arithmetic}, else blocks.
     *
     * @param adaptable whether what is added to a projection's weights may add nothing to its bias; then blocks, where norms have a
     *     bias
     */
    public static QuantizedDecoder int8(Decoder decoder, boolean adaptable) {
        if (ResidualRotation.possible(decoder)
                && !(adaptable && decoder.finalNorm().kind() == Norm.Kind.LAYER)) {
            double peak = ResidualRotation.peak(decoder);
            if (Int8Arithmetic.possible(peak)) {
                return new QuantizedDecoder(spread(decoder), () -> new Int8Arithmetic(peak));
            }
        }
        return new QuantizedDecoder(decoder, BlockArithmetic::new);
    }

    /** Eight bits in blocks, on the decoder as it is: what devices have kernels for. */
    public static QuantizedDecoder int8Blocks(Decoder decoder) {
        return new QuantizedDecoder(decoder, BlockArithmetic::new);
    }

    /**
     * Four bits in blocks, on the decoder as it is: a rotation would take four-bit checkpoints off their grid.
     *
     * @param blockSize inputs that share a step, of weights on no grid of their own
     */
    public static QuantizedDecoder int4(Decoder decoder, int blockSize) {
        Map<String, FourBitFit> fits = new HashMap<>();
        return new QuantizedDecoder(
                decoder,
                () -> new FourBitArithmetic(blockSize, FourBitFit::of, fits),
                () -> new FourBitArithmetic(blockSize, weight -> FourBitFit.FINER, new HashMap<>()));
    }

    /** Products in fp32: what is finer than eight bits. */
    public static Arithmetic exactProducts() {
        return new ExactProducts();
    }

    /** Eight-bit weights in blocks, activations as they are: what is finer than four bits. */
    public static Arithmetic eightBitBlocks() {
        return new BlockArithmetic();
    }

    /** The same function with its activations spread evenly over their channels, as far as the decoder's structure allows. */
    public static Decoder spread(Decoder decoder) {
        Decoder values = ValueRotation.apply(decoder);
        return ResidualRotation.possible(values) ? ResidualRotation.apply(values) : values;
    }
}
