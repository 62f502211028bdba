package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/** A product of rows of activations, quantised at run time, with an {@link Int8Matrix}. */
interface RowProduct {

    /** Shapes: x (…, inputs); result (…, outputs), fp32. Each row's result depends on that row alone. */
    Value add(Scope scope, Value x, Int8Matrix weight);
}
