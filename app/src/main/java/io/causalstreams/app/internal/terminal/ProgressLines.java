package io.causalstreams.app.internal.terminal;

import java.io.PrintStream;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/** A line when work starts; when it takes long, one at every further quarter of it and every half minute, with the time left. */
final class ProgressLines implements Progress {
    private static final int STEP_PERCENT = 25;
    private static final long QUIET_NANOS = 2_000_000_000L;
    private static final long SILENT_NANOS = 30_000_000_000L;
    private static final double NANOS = 1e9;

    private final PrintStream out;
    private final LongSupplier nanoTime;

    ProgressLines(PrintStream out) {
        this(out, System::nanoTime);
    }

    ProgressLines(PrintStream out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
    }

    @Override
    public Task start(String label, long totalBytes) {
        out.println(label + (totalBytes > 0 ? " (" + Bytes.of(totalBytes) + ")" : "") + "…");
        return new Lines(label, Bytes::of);
    }

    @Override
    public Task count(String label, long total, String unit) {
        out.println(label + " (" + total + " " + unit + ")…");
        return new Lines(label, Long::toString);
    }

    @Override
    public void note(String line) {
        out.println(line);
    }

    private final class Lines implements Task {
        private final String label;
        private final LongFunction<String> amount;
        private long shown;
        private final long start = nanoTime.getAsLong();
        private long lastLine = start;

        private Lines(String label, LongFunction<String> amount) {
            this.label = label;
            this.amount = amount;
        }

        @Override
        public void update(long done, long total) {
            if (total <= 0) {
                return;
            }
            long percent = Math.min(100, 100 * done / total);
            long now = nanoTime.getAsLong();
            boolean quarter = percent >= shown + STEP_PERCENT && now - lastLine > QUIET_NANOS;
            if (done > 0 && (quarter || now - lastLine > SILENT_NANOS)) {
                lastLine = now;
                shown = percent - percent % STEP_PERCENT;
                double seconds = (now - start) / NANOS * (total - done) / done;
                out.printf(
                        "%s: %d %% (%s of %s), about %s left%n",
                        label, percent, amount.apply(done), amount.apply(total), duration(Math.round(seconds)));
            }
        }

        private static String duration(long seconds) {
            return seconds < 120 ? seconds + " s" : (seconds + 30) / 60 + " min";
        }

        @Override
        public void close() {}
    }
}
