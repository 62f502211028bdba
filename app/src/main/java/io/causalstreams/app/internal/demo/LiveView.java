package io.causalstreams.app.internal.demo;

import io.causalstreams.app.internal.terminal.DisplayText;
import io.causalstreams.app.internal.terminal.LiveArea;
import io.causalstreams.app.internal.terminal.Style;
import io.causalstreams.app.internal.terminal.Terminal;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** Lanes on a terminal: one line each, redrawn in place; what is done scrolls by above. */
public final class LiveView implements View {
    private static final long SIZE_AGE_NANOS = 500_000_000L;
    private static final int LABEL_COLUMNS = 16;

    private final LiveArea area;
    private final Supplier<Terminal.Size> currentSize;
    private Terminal.Size size;
    private long sizeNanos;

    public LiveView(PrintStream out, Supplier<Terminal.Size> currentSize) {
        this.area = new LiveArea(out);
        this.currentSize = currentSize;
        this.size = currentSize.get();
        this.sizeNanos = System.nanoTime();
    }

    @Override
    public void show(Collection<Lane> lanes) {
        if (System.nanoTime() - sizeNanos > SIZE_AGE_NANOS) {
            size = currentSize.get();
            sizeNanos = System.nanoTime();
        }
        int room = Math.max(1, size.rows() - 2);
        List<String> lines = new ArrayList<>();
        for (Lane lane : lanes) {
            if (lines.size() == room) {
                break;
            }
            lines.add(line(lane, size.columns() - 1));
        }
        area.draw(lines);
    }

    /** {@code ⠿ name   12  …the newest text}, at most {@code columns} wide. */
    static String line(Lane lane, int columns) {
        int labelColumns = Math.min(LABEL_COLUMNS, Math.max(4, columns / 4));
        String label = DisplayText.padded(DisplayText.head(lane.id(), labelColumns), labelColumns);
        String count = lane.tokens() == 0 ? "   ·" : String.format("%4d", lane.tokens());
        int textColumns = columns - 2 - labelColumns - 1 - 4 - 2;
        String text = textColumns < 1
                ? ""
                : DisplayText.tail(DisplayText.printable(lane.text()).strip(), textColumns);
        String mark = lane.tokens() == 0 ? Style.DIM.of("○ ") : Style.CYAN.of("● ");
        return mark + Style.BOLD.of(label) + " " + Style.DIM.of(count) + "  " + text;
    }

    @Override
    public void done(Lane lane, List<String> lines) {
        area.printAbove(lines);
    }

    @Override
    public void print(List<String> lines) {
        area.printAbove(lines);
    }

    @Override
    public void end() {
        area.clear();
    }
}
