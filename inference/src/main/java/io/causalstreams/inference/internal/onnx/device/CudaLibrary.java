package io.causalstreams.inference.internal.onnx.device;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The CUDA runtime library, and its errors by name.
 *
 * <p>Threading: any thread; the current device is the thread's own.
 */
final class CudaLibrary {
    private static final String DRIVER = "libcuda.so.1";
    private static final List<String> RUNTIMES = List.of("libcudart.so.13", "libcudart.so.12");

    private final NativeLibrary library;

    private CudaLibrary(NativeLibrary library) {
        this.library = library;
    }

    /**
     * Loads the newest there is that the driver is new enough for.
     *
     * @param folder where to look before the system's paths, or null
     * @throws DeviceException naming what is missing
     */
    static CudaLibrary load(@Nullable String folder) {
        if (!exists(DRIVER)) {
            throw new DeviceException(
                    DRIVER + " is not to be found: there is no NVIDIA driver on this machine, or it was not"
                            + " given to this container (docker run --gpus all)");
        }
        DeviceException failure = new DeviceException("neither " + String.join(" nor ", RUNTIMES)
                + " is to be found: install the CUDA runtime of the version that ONNX Runtime was built for, and name its folder"
                + " in LD_LIBRARY_PATH");
        for (String name : RUNTIMES) {
            if (folder != null) {
                NativeLibrary.addSearchPath(name, folder);
            }
            if (exists(name)) {
                CudaLibrary library = new CudaLibrary(NativeLibrary.getInstance(name));
                try {
                    library.devices();
                    return library;
                } catch (DeviceException e) {
                    failure = new DeviceException(name + ": " + e.getMessage());
                }
            }
        }
        throw failure;
    }

    private static boolean exists(String name) {
        try {
            NativeLibrary.getInstance(name);
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }

    /** Devices that the driver shows. */
    int devices() {
        IntByReference count = new IntByReference();
        call("cudaGetDeviceCount", count);
        return count.getValue();
    }

    /** Calls a function that returns {@code cudaError_t}. @throws DeviceException if it is not 0 */
    void call(String function, Object... arguments) {
        int error = library.getFunction(function).invokeInt(arguments);
        if (error != 0) {
            throw new DeviceException(function + ": " + reason(error) + " (CUDA error " + error + ")");
        }
    }

    private String reason(int error) {
        Pointer text = library.getFunction("cudaGetErrorString").invokePointer(new Object[] {error});
        return text == null ? "unknown" : text.getString(0);
    }
}
