package io.causalstreams.inference.internal.onnx.device;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.Buffer;

/**
 * Memory of a CUDA device, by the runtime's functions.
 *
 * <p>Copies and fills go to the default stream, and ONNX Runtime's own stream does not wait for that one: hence
 * {@link #finish()} in between. The process's memory is the driver's: it is taken back when the process ends, however it does.
 */
final class CudaMemory implements DeviceMemory {
    private static final int HOST_TO_DEVICE = 1;
    private static final int DEVICE_TO_HOST = 2;
    private static final int DEVICE_TO_DEVICE = 3;

    private final CudaLibrary cuda;
    private final int device;

    CudaMemory(CudaLibrary cuda, int device) {
        this.cuda = cuda;
        this.device = device;
    }

    @Override
    public long freeBytes() {
        LongByReference free = new LongByReference();
        call("cudaMemGetInfo", free, new LongByReference());
        return free.getValue();
    }

    @Override
    public long allocate(long bytes) {
        PointerByReference address = new PointerByReference();
        call("cudaMalloc", address, bytes);
        return Pointer.nativeValue(address.getValue());
    }

    @Override
    public void free(long address) {
        call("cudaFree", new Pointer(address));
    }

    @Override
    public void copyRows(long from, long to, long rowBytes, long pitch, long rows) {
        call(
                "cudaMemcpy2DAsync",
                new Pointer(to),
                pitch,
                new Pointer(from),
                pitch,
                rowBytes,
                rows,
                DEVICE_TO_DEVICE,
                Pointer.NULL);
    }

    @Override
    public void upload(Buffer source, long bytes, long target) {
        call("cudaMemcpyAsync", new Pointer(target), address(source), bytes, HOST_TO_DEVICE, Pointer.NULL);
    }

    @Override
    public void download(long source, Buffer target, long bytes) {
        call("cudaMemcpy", address(target), new Pointer(source), bytes, DEVICE_TO_HOST);
    }

    @Override
    public boolean pin(Buffer direct, long bytes) {
        try {
            call("cudaHostRegister", address(direct), bytes, 0);
            return true;
        } catch (DeviceException e) {
            return false;
        }
    }

    @Override
    public void unpin(Buffer direct) {
        call("cudaHostUnregister", address(direct));
    }

    @Override
    public void fill(long address, byte value, long bytes) {
        call("cudaMemsetAsync", new Pointer(address), (int) value, bytes, Pointer.NULL);
    }

    @Override
    public void finish() {
        call("cudaStreamSynchronize", Pointer.NULL);
    }

    private static Pointer address(Buffer direct) {
        return Native.getDirectBufferPointer(direct);
    }

    /** On the device of this memory, whichever the thread used before. */
    private void call(String function, Object... arguments) {
        cuda.call("cudaSetDevice", device);
        cuda.call(function, arguments);
    }
}
