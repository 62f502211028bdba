package io.causalstreams.inference.internal.onnx.device;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;

/** A CUDA device. */
record CudaAccelerator(int ordinal, DeviceMemory memory) implements Accelerator {

    @Override
    public String name() {
        return "cuda:" + ordinal;
    }

    @Override
    public String memoryName() {
        return "Cuda";
    }

    /** Its {@code GroupQueryAttention} knows no single precision. */
    @Override
    public boolean computesIn(OnnxJavaType type) {
        return type == OnnxJavaType.FLOAT16 || type == OnnxJavaType.BFLOAT16;
    }

    @Override
    public void addTo(SessionOptions options, boolean graphs) throws OrtException {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(ordinal)) {
            // Doubling what is taken, as is the default, would take what slots could have.
            cuda.add("arena_extend_strategy", "kSameAsRequested");
            if (graphs) {
                cuda.add("enable_cuda_graph", "1");
            }
            options.addCUDA(cuda);
        }
    }
}
