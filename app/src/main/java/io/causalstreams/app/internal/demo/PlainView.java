package io.causalstreams.app.internal.demo;

import io.causalstreams.app.internal.terminal.DisplayText;
import java.io.PrintStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lanes where nothing can be redrawn: a line {@code name | new text} whenever a lane has some more words. */
public final class PlainView implements View {
    private static final int MIN_CHARACTERS = 40;

    private final PrintStream out;
    private final Map<String, Integer> shownCharacters = new HashMap<>();

    public PlainView(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(Collection<Lane> lanes) {
        for (Lane lane : lanes) {
            int shown = shownCharacters.getOrDefault(lane.id(), 0);
            String text = lane.text();
            int end = text.lastIndexOf(' ');
            if (end - shown >= MIN_CHARACTERS) {
                showPart(lane, text.substring(shown, end));
                shownCharacters.put(lane.id(), end);
            }
        }
    }

    @Override
    public void done(Lane lane, List<String> lines) {
        int shown = shownCharacters.getOrDefault(lane.id(), 0);
        if (shown < lane.text().length()) {
            showPart(lane, lane.text().substring(shown));
        }
        shownCharacters.remove(lane.id());
        print(lines);
    }

    private void showPart(Lane lane, String part) {
        String words = DisplayText.printable(part).strip();
        if (!words.isEmpty()) {
            out.println(lane.id() + " | " + words);
        }
    }

    @Override
    public void print(List<String> lines) {
        lines.forEach(out::println);
        out.flush();
    }

    @Override
    public void end() {}
}
