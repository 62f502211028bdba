package io.causalstreams.export.internal.graph;

/**
 * The operators that exported graphs use, with the number of inputs and outputs that they take.
 *
 * @see <a href="https://onnx.ai/onnx/operators/">ONNX operators</a>
 * @see <a href="https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md">com.microsoft operators</a>
 */
public enum Operator {
    ABS("Abs", Domain.ONNX, 1, 1, 1),
    ADD("Add", Domain.ONNX, 2, 2, 1),
    CAST("Cast", Domain.ONNX, 1, 1, 1),
    CLIP("Clip", Domain.ONNX, 3, 3, 1),
    CONCAT("Concat", Domain.ONNX, 1, Integer.MAX_VALUE, 1),
    CUM_SUM("CumSum", Domain.ONNX, 2, 2, 1),
    DIV("Div", Domain.ONNX, 2, 2, 1),
    ERF("Erf", Domain.ONNX, 1, 1, 1),
    EXP("Exp", Domain.ONNX, 1, 1, 1),
    EXPAND("Expand", Domain.ONNX, 2, 2, 1),
    GATHER("Gather", Domain.ONNX, 2, 2, 1),
    GATHER_ELEMENTS("GatherElements", Domain.ONNX, 2, 2, 1),
    GATHER_ND("GatherND", Domain.ONNX, 2, 2, 1),
    GELU("Gelu", Domain.ONNX, 1, 1, 1),
    GEMM("Gemm", Domain.ONNX, 2, 3, 1),
    IDENTITY("Identity", Domain.ONNX, 1, 1, 1),
    IF("If", Domain.ONNX, 1, 1, 1),
    LAYER_NORMALIZATION("LayerNormalization", Domain.ONNX, 2, 3, 3),
    LESS("Less", Domain.ONNX, 2, 2, 1),
    MAT_MUL("MatMul", Domain.ONNX, 2, 2, 1),
    MAX("Max", Domain.ONNX, 2, 2, 1),
    MIN("Min", Domain.ONNX, 2, 2, 1),
    MOD("Mod", Domain.ONNX, 2, 2, 1),
    MUL("Mul", Domain.ONNX, 2, 2, 1),
    NON_ZERO("NonZero", Domain.ONNX, 1, 1, 1),
    QUANTIZE_LINEAR("QuantizeLinear", Domain.ONNX, 2, 3, 1),
    RANGE("Range", Domain.ONNX, 3, 3, 1),
    REDUCE_LOG_SUM_EXP("ReduceLogSumExp", Domain.ONNX, 1, 2, 1),
    REDUCE_MAX("ReduceMax", Domain.ONNX, 1, 2, 1),
    REDUCE_MEAN("ReduceMean", Domain.ONNX, 1, 2, 1),
    REDUCE_SUM("ReduceSum", Domain.ONNX, 1, 2, 1),
    RELU("Relu", Domain.ONNX, 1, 1, 1),
    RESHAPE("Reshape", Domain.ONNX, 2, 2, 1),
    SCATTER_ELEMENTS("ScatterElements", Domain.ONNX, 3, 3, 1),
    SIGMOID("Sigmoid", Domain.ONNX, 1, 1, 1),
    SHAPE("Shape", Domain.ONNX, 1, 1, 1),
    SIGN("Sign", Domain.ONNX, 1, 1, 1),
    SIMPLIFIED_LAYER_NORMALIZATION("SimplifiedLayerNormalization", Domain.ONNX, 2, 2, 2),
    SOFTMAX("Softmax", Domain.ONNX, 1, 1, 1),
    SOFTMAX_CROSS_ENTROPY_LOSS("SoftmaxCrossEntropyLoss", Domain.ONNX, 2, 3, 2),
    SPLIT("Split", Domain.ONNX, 1, 2, Integer.MAX_VALUE),
    SQUEEZE("Squeeze", Domain.ONNX, 1, 2, 1),
    SUB("Sub", Domain.ONNX, 2, 2, 1),
    SUM("Sum", Domain.ONNX, 1, Integer.MAX_VALUE, 1),
    TANH("Tanh", Domain.ONNX, 1, 1, 1),
    TRANSPOSE("Transpose", Domain.ONNX, 1, 1, 1),
    TOP_K("TopK", Domain.ONNX, 2, 2, 2),
    UNSQUEEZE("Unsqueeze", Domain.ONNX, 2, 2, 1),

    FUSED_MAT_MUL("FusedMatMul", Domain.MICROSOFT, 2, 2, 1),
    GROUP_QUERY_ATTENTION("GroupQueryAttention", Domain.MICROSOFT, 7, 14, 4),
    MAT_MUL_INTEGER_TO_FLOAT("MatMulIntegerToFloat", Domain.MICROSOFT, 4, 7, 1),
    MAT_MUL_N_BITS("MatMulNBits", Domain.MICROSOFT, 3, 6, 1),
    MULTI_HEAD_ATTENTION("MultiHeadAttention", Domain.MICROSOFT, 1, 10, 3),
    QUICK_GELU("QuickGelu", Domain.MICROSOFT, 1, 1, 1),
    ROTARY_EMBEDDING("RotaryEmbedding", Domain.MICROSOFT, 4, 4, 1),
    SKIP_LAYER_NORMALIZATION("SkipLayerNormalization", Domain.MICROSOFT, 3, 5, 4),
    SKIP_SIMPLIFIED_LAYER_NORMALIZATION("SkipSimplifiedLayerNormalization", Domain.MICROSOFT, 3, 4, 4);

    private final String type;
    private final Domain domain;
    private final int minInputs;
    private final int maxInputs;
    private final int maxOutputs;

    Operator(String type, Domain domain, int minInputs, int maxInputs, int maxOutputs) {
        this.type = type;
        this.domain = domain;
        this.minInputs = minInputs;
        this.maxInputs = maxInputs;
        this.maxOutputs = maxOutputs;
    }

    /** The operator's name in ONNX. */
    public String type() {
        return type;
    }

    String domain() {
        return domain.id;
    }

    void check(String address, int inputs, int outputs) {
        if (inputs < minInputs || inputs > maxInputs || outputs < 1 || outputs > maxOutputs) {
            throw new IllegalArgumentException("%s: %s takes %d to %d inputs and up to %d outputs, not %d and %d"
                    .formatted(address, type, minInputs, maxInputs, maxOutputs, inputs, outputs));
        }
    }

    /** Operator sets and the version of each that graphs ask for. */
    enum Domain {
        ONNX("", 21),
        MICROSOFT("com.microsoft", 1);

        final String id;
        final long version;

        Domain(String id, long version) {
            this.id = id;
            this.version = version;
        }
    }
}
