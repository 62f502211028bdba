package io.causalstreams.app.internal.terminal;

/** Colours, where there are any. See ECMA-48, 8.3.117 (SGR). */
public enum Style {
    BOLD("1"),
    DIM("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    CYAN("36");

    private static final boolean ENABLED = Terminal.colours();

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** {@code text} in this style on a terminal that shows it, else as it is. */
    public String of(String text) {
        return ENABLED ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
