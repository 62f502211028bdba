package io.causalstreams.export;

/** Names of the files of a model directory. */
final class ModelFiles {
    static final String GRAPH = "model.onnx";
    static final String WEIGHTS = "model.onnx.data";

    private ModelFiles() {}
}
