package io.causalstreams.app.internal.terminal;

import java.io.PrintStream;

/** A line when work starts, and one at every further quarter of it when it takes long. */
final class ProgressLines implements Progress {
    private static final int STEP_PERCENT = 25;
    private static final long QUIET_NANOS = 2_000_000_000L;

    private final PrintStream out;

    ProgressLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public Task start(String label, long totalBytes) {
        out.println(label + (totalBytes > 0 ? " (" + Bytes.of(totalBytes) + ")" : "") + "…");
        return new Lines(label);
    }

    @Override
    public void note(String line) {
        out.println(line);
    }

    private final class Lines implements Task {
        private final String label;
        private long shown;
        private long lastLine = System.nanoTime();

        private Lines(String label) {
            this.label = label;
        }

        @Override
        public void update(long doneBytes, long totalBytes) {
            if (totalBytes <= 0) {
                return;
            }
            long percent = Math.min(100, 100 * doneBytes / totalBytes);
            if (percent >= shown + STEP_PERCENT && System.nanoTime() - lastLine > QUIET_NANOS) {
                lastLine = System.nanoTime();
                shown = percent - percent % STEP_PERCENT;
                out.println(label + ": " + shown + " %");
            }
        }

        @Override
        public void close() {}
    }
}
