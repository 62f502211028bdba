package io.causalstreams.app.internal.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * How busy the JVM's compiler is. A service runs for days: what is still compiled, on the cores the model wants, is not
 * its speed.
 *
 * <p>Threading: one thread.
 */
final class CompilerTime {
    private static final @Nullable CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private long sinceNanos;
    private long sinceMillis;

    CompilerTime() {
        takeShare();
    }

    /** Time spent compiling since the last call, as a fraction of the time that passed; 0 where the JVM does not say. */
    double takeShare() {
        long nanos = System.nanoTime();
        long millis = COMPILER != null && COMPILER.isCompilationTimeMonitoringSupported()
                ? COMPILER.getTotalCompilationTime()
                : 0;
        double share = (millis - sinceMillis) * 1e6 / Math.max(1, nanos - sinceNanos);
        sinceNanos = nanos;
        sinceMillis = millis;
        return share;
    }
}
