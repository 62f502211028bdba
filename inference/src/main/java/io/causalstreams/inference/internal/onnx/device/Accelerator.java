package io.causalstreams.inference.internal.onnx.device;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;

/** A device that computes sessions and keeps their caches. */
public interface Accelerator {

    /** As in {@code --device}: {@code cuda:0}. */
    String name();

    DeviceMemory memory();

    /** ONNX Runtime's name of the memory: {@code Cuda}. */
    String memoryName();

    /** Number of the device among those of its kind. */
    int ordinal();

    /** Whether attention can be computed over a cache of this type there. */
    boolean computesIn(OnnxJavaType type);

    /**
     * Has a session compute there.
     *
     * @param graphs whether passes are recorded, and replayed by their number ({@code gpu_graph_id})
     * @throws OrtException if the provider's libraries cannot be loaded; its message names the one that is missing
     */
    void addTo(SessionOptions options, boolean graphs) throws OrtException;
}
