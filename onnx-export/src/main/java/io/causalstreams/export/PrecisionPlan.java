package io.causalstreams.export;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.block.AdaptableArithmetic;
import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Parameter;
import io.causalstreams.export.internal.graph.TensorStore;
import io.causalstreams.export.internal.mixing.MatrixGroup;
import io.causalstreams.export.internal.mixing.MixedArithmetic;
import io.causalstreams.export.internal.quantization.QuantizedDecoder;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * What a {@link Precision} does to a decoder, and the arithmetic of its graphs.
 *
 * @param reals the type that its graphs compute in
 * @param arithmetic a new one for every graph
 * @param estimate the same but for what only the weights' elements can decide, and reads none; a new one for every graph
 * @param finer for matrices that need more than {@code arithmetic} gives; a new one for every graph
 */
record PrecisionPlan(
        Decoder decoder,
        ElementType reals,
        Supplier<Arithmetic> arithmetic,
        Supplier<Arithmetic> estimate,
        Supplier<Arithmetic> finer) {

    PrecisionPlan(Decoder decoder, Supplier<Arithmetic> arithmetic) {
        this(decoder, ElementType.FLOAT, arithmetic, arithmetic, FloatArithmetic::new);
    }

    static PrecisionPlan of(ExportOptions options, Decoder decoder) {
        PrecisionPlan plan = ofPrecision(options, decoder);
        return options.adaptable() ? plan.adaptable() : plan;
    }

    private static PrecisionPlan ofPrecision(ExportOptions options, Decoder decoder) {
        PrecisionPlan plan =
                options.device() == TargetDevice.CPU ? ofCpu(options, decoder) : ofDevice(options, decoder);
        return plan.in(options.device().reals(options.precision()));
    }

    private static PrecisionPlan ofCpu(ExportOptions options, Decoder decoder) {
        return switch (options.precision()) {
            case FP32, BF16 -> new PrecisionPlan(decoder, FloatArithmetic::new);
            case FP16 -> new PrecisionPlan(decoder, () -> new FloatArithmetic(ElementType.FLOAT16));
            case INT8 -> of(QuantizedDecoder.int8(decoder, options.adaptable()), QuantizedDecoder::exactProducts);
            case INT4 -> of(QuantizedDecoder.int4(decoder, options.blockSize()), QuantizedDecoder::eightBitBlocks);
        };
    }

    /** Weights of fewer bits in blocks, whose kernels take few rows as they are and for many make half precision of the weights. */
    private static PrecisionPlan ofDevice(ExportOptions options, Decoder decoder) {
        return switch (options.precision()) {
            case FP32, FP16, BF16 -> new PrecisionPlan(decoder, FloatArithmetic::new);
            case INT8 -> of(QuantizedDecoder.int8Blocks(decoder), QuantizedDecoder::exactProducts);
            case INT4 -> of(QuantizedDecoder.int4(decoder, options.blockSize()), QuantizedDecoder::eightBitBlocks);
        };
    }

    private PrecisionPlan in(ElementType type) {
        return new PrecisionPlan(decoder, type, arithmetic, estimate, finer);
    }

    private static PrecisionPlan of(QuantizedDecoder quantized, Supplier<Arithmetic> finer) {
        return new PrecisionPlan(
                quantized.decoder(), ElementType.FLOAT, quantized.arithmetic(), quantized.estimate(), finer);
    }

    /** The same plan with some products, maybe none, and the embedding in the finer arithmetic. */
    PrecisionPlan mixed(Collection<MatrixGroup> fine) {
        return new PrecisionPlan(
                decoder,
                reals,
                () -> new MixedArithmetic(arithmetic.get(), finer.get(), fine),
                () -> new MixedArithmetic(estimate.get(), finer.get(), fine),
                finer);
    }

    /** The same plan of a graph that takes adapters. */
    private PrecisionPlan adaptable() {
        return new PrecisionPlan(
                decoder,
                reals,
                () -> new AdaptableArithmetic(arithmetic.get()),
                () -> new AdaptableArithmetic(estimate.get()),
                finer);
    }

    /** The graph, its weights in {@code store}. */
    ModelGraph graph(String name, TensorStore store) {
        return ModelGraph.of(name, store, decoder, reals, arithmetic.get());
    }

    /** Bytes of all weights, estimated without reading any. */
    long bytes() {
        ModelGraph graph = ModelGraph.of("estimate", TensorStore.discarding(), decoder, reals, estimate.get());
        return graph.builder().parameters().stream().mapToLong(Parameter::bytes).sum();
    }
}
