package io.causalstreams.app.internal.terminal;

import java.io.PrintStream;
import java.util.List;

/**
 * Lines at the bottom of a terminal that are redrawn in place, while other lines scroll by above them. Every line must
 * be narrower than the terminal: a wrapped one would be counted as one and leave its rest behind.
 *
 * <p>Threading: one thread.
 */
public final class LiveArea {
    private static final String CLEAR_BELOW = "\r\u001b[J";
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";

    private final PrintStream out;
    private List<String> drawn = List.of();

    public LiveArea(PrintStream out) {
        this.out = out;
    }

    /** Replaces the lines. */
    public void draw(List<String> lines) {
        if (!lines.equals(drawn)) {
            render(List.of(), lines);
        }
    }

    /** Prints lines that stay, above the area. */
    public void printAbove(List<String> lines) {
        render(lines, drawn);
    }

    /** Removes the area; what was printed above stays. */
    public void clear() {
        render(List.of(), List.of());
    }

    private void render(List<String> staying, List<String> live) {
        StringBuilder frame = new StringBuilder(HIDE_CURSOR); // one write a frame: no flicker
        if (!drawn.isEmpty()) {
            frame.append("\u001b[").append(drawn.size()).append('A'); // up
        }
        frame.append(CLEAR_BELOW);
        staying.forEach(line -> frame.append(line).append('\n'));
        live.forEach(line -> frame.append(line).append('\n'));
        frame.append(SHOW_CURSOR);
        out.print(frame);
        out.flush();
        drawn = List.copyOf(live);
    }
}
