package io.causalstreams.app.internal.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What is known of the terminal around this process. The launcher looks which streams are one (Java cannot, before 22)
 * and says so in {@code causal.streams.terminal}: {@code 1} for stdout, {@code 2} for stderr.
 */
public final class Terminal {
    private static final String STREAMS = System.getProperty("causal.streams.terminal", "");

    private Terminal() {}

    public static boolean stdoutIsTerminal() {
        return STREAMS.contains("1");
    }

    public static boolean stderrIsTerminal() {
        return STREAMS.contains("2");
    }

    /** Whether to use colours on stdout; see no-color.org. */
    public static boolean colours() {
        String noColour = System.getenv("NO_COLOR");
        return stdoutIsTerminal() && (noColour == null || noColour.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
    }

    /** Columns of the terminal now; 80 where there is none. */
    public static int columns() {
        return size().columns();
    }

    /** Size of a terminal in characters. */
    public record Size(int rows, int columns) {
        static final Size UNKNOWN = new Size(24, 80);
    }

    /** The terminal's size now; 24 by 80 where there is none. */
    public static Size size() {
        if (!stdoutIsTerminal() && !stderrIsTerminal()) {
            return Size.UNKNOWN;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", -1);
            if (stty.waitFor(1, TimeUnit.SECONDS) && answer.length == 2) {
                Size size = new Size(Integer.parseInt(answer[0]), Integer.parseInt(answer[1]));
                return size.rows > 0 && size.columns > 0 ? size : Size.UNKNOWN;
            }
        } catch (IOException | NumberFormatException e) {
            // no stty: the usual size
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Size.UNKNOWN;
    }
}
