package io.causalstreams.export.internal.checkpoint.quantized;

/** A weight made of several stored tensors. Geometry is checked when it is made, elements are read on demand. */
interface PackedWeight {

    /** Dimensions, outermost first, as the model's class has them. */
    long[] shape();

    /** All elements, row-major: the format's own numbers in single precision, not rounded to the type of the scales. */
    float[] read();
}
