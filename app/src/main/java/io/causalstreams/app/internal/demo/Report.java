package io.causalstreams.app.internal.demo;

import io.causalstreams.app.internal.kafka.OutputReader.Output;
import io.causalstreams.app.internal.terminal.DisplayText;
import io.causalstreams.app.internal.terminal.Style;
import io.causalstreams.topology.event.CompletionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Completions, dead letters and figures as lines. */
public final class Report {
    private static final String INDENT = "    ";
    private static final int MAX_COLUMNS = 100;

    private Report() {}

    /** A headline with figures, then the answer, wrapped at {@code columns}. */
    public static List<String> completion(Lane lane, CompletionEvent event, int columns) {
        List<String> lines = new ArrayList<>();
        CompletionEvent.Failure error = event.error();
        if (error != null) {
            lines.add(Style.RED.of("✗ ") + Style.BOLD.of(lane.id()) + Style.DIM.of(" · " + error.code()));
            add(lines, error.message(), columns);
            return lines;
        }
        lines.add(Style.GREEN.of("✓ ") + Style.BOLD.of(lane.id()) + Style.DIM.of(figures(lane, event)));
        add(lines, event.classification() == null ? event.content() : labels(event.classification()), columns);
        return lines;
    }

    private static String figures(Lane lane, CompletionEvent event) {
        String prompt = " · " + event.usage().promptTokens() + " prompt tokens";
        if (event.classification() != null) {
            return prompt + ", no decoding";
        }
        double first = lane.secondsToFirstToken();
        return prompt + " → " + event.usage().completionTokens()
                + (first < 0 ? "" : String.format(Locale.ROOT, " · first after %.2f s", first))
                + (event.choices().isEmpty()
                        ? ""
                        : " · " + event.choices().get(0).finishReason());
    }

    private static String labels(List<CompletionEvent.Label> labels) {
        return labels.stream()
                .sorted((a, b) -> Double.compare(b.probability(), a.probability()))
                .map(label -> String.format(Locale.ROOT, "%s %.0f %%", label.label(), 100 * label.probability()))
                .collect(Collectors.joining(" · "));
    }

    /** Where a prompt that could not be answered lies now, and why. */
    public static List<String> deadLetter(Output.DeadLetter letter, int columns) {
        List<String> lines = new ArrayList<>();
        lines.add(Style.YELLOW.of("✉ ")
                + Style.BOLD.of("dead letter")
                + Style.DIM.of(" · " + letter.topic() + "-" + letter.partition() + ", offset " + letter.offset()));
        add(lines, letter.reason(), columns);
        String original = DisplayText.head(DisplayText.printable(letter.value()), width(columns) - 10);
        lines.add(INDENT + Style.DIM.of("original: " + original));
        return lines;
    }

    private static void add(List<String> lines, String text, int columns) {
        DisplayText.wrapped(text, width(columns)).forEach(line -> lines.add(INDENT + line));
    }

    private static int width(int columns) {
        return Math.min(MAX_COLUMNS, columns - 1) - INDENT.length();
    }
}
