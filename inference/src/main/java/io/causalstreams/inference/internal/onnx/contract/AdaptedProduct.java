package io.causalstreams.inference.internal.onnx.contract;

/** A product of a graph that takes adapters. */
record AdaptedProduct(int inputs, int outputs) {}
