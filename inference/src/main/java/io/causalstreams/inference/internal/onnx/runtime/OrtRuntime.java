package io.causalstreams.inference.internal.onnx.runtime;

import ai.onnxruntime.OrtEnvironment;
import io.causalstreams.inference.GenerationException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime's environment, one per process. */
public final class OrtRuntime {
    /**
     * The runtime matches a regular expression over the process's command line when it starts, with a recursion as deep as
     * the line is long: a class path of 5,000 characters overflows a usual thread's stack and kills the process (1.29,
     * Linux). Stack is only address space until it is used.
     */
    private static final long STACK_BYTES = 512L << 20;

    private OrtRuntime() {}

    /** The environment, made by the first call. @throws GenerationException.Failed if the native library cannot be loaded */
    public static OrtEnvironment environment() {
        String folder = NativeLibraries.folder();
        NativeLibraries.use(folder);
        AtomicReference<@Nullable OrtEnvironment> environment = new AtomicReference<>();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        environment.set(OrtEnvironment.getEnvironment());
                        KeptEnvironment.keep();
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                },
                "onnxruntime-start",
                STACK_BYTES);
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        OrtEnvironment result = environment.get();
        if (result == null) {
            throw new GenerationException.Failed(
                    "ONNX Runtime cannot be started on this machine: " + failure.get()
                            + (folder == null
                                    ? ""
                                    : "; the libraries in " + folder + " must be of the very version of the jar"),
                    failure.get());
        }
        return result;
    }
}
