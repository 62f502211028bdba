package io.causalstreams.inference.internal.onnx.runtime;

import io.causalstreams.inference.GenerationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where ONNX Runtime's native libraries come from: the jar, or a folder that {@code CAUSAL_STREAMS_ONNXRUNTIME} names, such as one
 * with the build for another version of CUDA.
 */
public final class NativeLibraries {
    /** The environment variable that names the folder. */
    public static final String VARIABLE = "CAUSAL_STREAMS_ONNXRUNTIME";

    /** What the Java package reads when its first class is used. */
    private static final String PROPERTY = "onnxruntime.native.path";

    private static final List<String> NEEDED = List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");

    private NativeLibraries() {}

    /** The folder, or null for the jar's. */
    public static @Nullable String folder() {
        String folder = System.getenv(VARIABLE);
        return folder == null || folder.isBlank() ? System.getProperty(PROPERTY) : folder;
    }

    /** Before ONNX Runtime's first class is used. @throws GenerationException.Failed if a library is missing in the folder */
    static void use(@Nullable String folder) {
        if (folder == null) {
            return;
        }
        for (String library : NEEDED) {
            if (!Files.isRegularFile(Path.of(folder, library))) {
                throw new GenerationException.Failed(
                        VARIABLE + "=" + folder + ": " + library
                                + " is missing there; docs/gpu.md says what belongs into the" + " folder",
                        null);
            }
        }
        System.setProperty(PROPERTY, folder);
    }
}
