package io.causalstreams.export.internal.architecture;

/** The non-linear function of a feed-forward layer. */
public enum Activation {
    /** x · σ(x). */
    SILU,
    /** x · Φ(x), with the error function. */
    GELU,
    /** The approximation of {@link #GELU} with tanh. */
    GELU_TANH,
    /** x · σ(1.702 x). */
    QUICK_GELU,
    RELU,
    TANH;

    /** The activation that {@code key} names, in the words of transformers' {@code ACT2FN}. */
    public static Activation of(ModelConfig config, String key, String absent) {
        String name = config.text(key, absent);
        return switch (name) {
            case "silu", "swish" -> SILU;
            case "gelu" -> GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate" -> GELU_TANH;
            case "quick_gelu" -> QUICK_GELU;
            case "relu" -> RELU;
            case "tanh" -> TANH;
            default ->
                throw config.refused(
                        key,
                        "is \"%s\"; implemented: silu, swish, gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, quick_gelu, relu, tanh"
                                .formatted(name));
        };
    }
}
