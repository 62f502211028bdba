package io.causalstreams.app.internal.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * How long the JVM compiles. A service runs for days: what is still compiled, on the cores the model wants, is not its
 * speed.
 *
 * <p>Threading: one thread.
 */
final class CompilerTime {
    private static final @Nullable CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private long sinceMillis = millis();

    /** Seconds spent compiling since the last call, with a resolution of milliseconds; 0 where the JVM does not say. */
    double takeSeconds() {
        long millis = millis();
        double seconds = (millis - sinceMillis) / 1e3;
        sinceMillis = millis;
        return seconds;
    }

    private static long millis() {
        return COMPILER != null && COMPILER.isCompilationTimeMonitoringSupported()
                ? COMPILER.getTotalCompilationTime()
                : 0;
    }
}
