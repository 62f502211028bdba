package io.causalstreams.app.internal.terminal;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that is redrawn in place. */
final class ProgressBars implements Progress {
    private static final int REDRAW_MILLIS = 100;
    private static final long MEBI = 1 << 20;

    private final PrintStream out;

    ProgressBars(PrintStream out) {
        this.out = out;
    }

    @Override
    public Task start(String label, long totalBytes) {
        return bar(label, totalBytes, " MiB", MEBI);
    }

    @Override
    public Task count(String label, long total, String unit) {
        return bar(label, total, " " + unit, 1);
    }

    private Task bar(String label, long total, String unit, long size) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(label)
                .setInitialMax(total > 0 ? total : -1)
                .setUnit(unit, size)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .setMaxRenderedLength(Math.max(20, Terminal.columns() - 1))
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .build();
        return new Task() {
            @Override
            public void update(long doneBytes, long totalBytes) {
                if (totalBytes > 0) {
                    bar.maxHint(totalBytes);
                }
                bar.stepTo(doneBytes);
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }

    @Override
    public void note(String line) {
        out.println(line);
    }
}
