package io.causalstreams.inference.internal.onnx.device;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.causalstreams.inference.Device;
import io.causalstreams.inference.GenerationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the device that an engine was told to use. */
public final class Accelerators {
    private static final Logger LOG = LoggerFactory.getLogger(Accelerators.class);

    private Accelerators() {}

    /**
     * The device, or null for the host. {@link Device#AUTO} is the first CUDA device, and the host where there is none, which a
     * line of the log says.
     *
     * @param libraries folder of ONNX Runtime's libraries, or null for those of the jar
     * @throws GenerationException.Failed if a device was named that cannot be used; the message says what is missing
     */
    public static @Nullable Accelerator find(Device device, @Nullable String libraries) {
        return switch (device.kind()) {
            case CPU -> null;
            case CUDA -> {
                try {
                    yield cuda(device.ordinal(), libraries);
                } catch (DeviceException e) {
                    throw new GenerationException.Failed(
                            "device " + device + " cannot be used: " + e.getMessage() + "; see docs/gpu.md", e);
                }
            }
            case AUTO -> {
                try {
                    yield cuda(0, libraries);
                } catch (DeviceException e) {
                    LOG.info("computing on the CPU: {}", e.getMessage());
                    yield null;
                }
            }
        };
    }

    private static Accelerator cuda(int ordinal, @Nullable String libraries) {
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            throw new DeviceException(
                    "this ONNX Runtime was built without CUDA (it is the one of the plain onnxruntime jar): put"
                            + " onnxruntime_gpu in its place (mvn -Pcuda), or name a folder of libraries in CAUSAL_STREAMS_ONNXRUNTIME");
        }
        CudaLibrary library = CudaLibrary.load(libraries);
        int devices = library.devices();
        if (ordinal >= devices) {
            throw new DeviceException("there are " + devices + " CUDA devices, numbered from 0");
        }
        return new CudaAccelerator(ordinal, new CudaMemory(library, ordinal));
    }
}
