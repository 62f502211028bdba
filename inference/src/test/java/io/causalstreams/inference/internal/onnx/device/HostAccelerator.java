package io.causalstreams.inference.internal.onnx.device;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.ArrayList;
import java.util.List;

/** A device that is none: its memory is the host's, by addresses, so that all that a device needs runs everywhere. */
public final class HostAccelerator implements Accelerator {
    private final HostDeviceMemory memory;
    private final List<Boolean> sessions = new ArrayList<>();

    /** @param bytes of memory */
    public HostAccelerator(long bytes) {
        this.memory = new HostDeviceMemory(bytes);
    }

    @Override
    public String name() {
        return "fake:0";
    }

    @Override
    public HostDeviceMemory memory() {
        return memory;
    }

    @Override
    public String memoryName() {
        return "Cpu";
    }

    @Override
    public int ordinal() {
        return 0;
    }

    @Override
    public boolean computesIn(OnnxJavaType type) {
        return type != OnnxJavaType.BFLOAT16;
    }

    @Override
    public void addTo(SessionOptions options, boolean graphs) {
        sessions.add(graphs);
    }

    /** Of each session that was to compute here, whether its passes were to be recorded. */
    public List<Boolean> sessions() {
        return sessions;
    }
}
