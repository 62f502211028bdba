package io.causalstreams.inference.internal.onnx.runtime;

import ai.onnxruntime.OrtEnvironment;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps ONNX Runtime's environment until the process has ended.
 *
 * <p>The Java package (1.29) closes it in a shutdown hook of its own, and hooks run side by side: whoever is still being served
 * in another one, or closes an engine there, has the environment taken away under a running step, and the process ends in a
 * crash of native code. The environment counts its holders; one more, which is never given back, outlives the hook. The package
 * has no public method for that.
 */
final class KeptEnvironment {
    private static final Logger LOG = LoggerFactory.getLogger(KeptEnvironment.class);
    private static final int WARNING = 2;

    private static boolean kept;

    private KeptEnvironment() {}

    /**
     * Once per process, after the environment exists. On the module path, where the package is closed, it fails, and the process
     * only ends less cleanly.
     *
     * @return whether it is kept
     */
    static synchronized boolean keep() {
        if (kept) {
            return true;
        }
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime", true, OrtEnvironment.class.getClassLoader())
                    .getDeclaredField("ortApiHandle");
            api.setAccessible(true);
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), WARNING, "kept");
            kept = true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("ONNX Runtime may end before a step that runs while the JVM exits", e);
        }
        return kept;
    }
}
