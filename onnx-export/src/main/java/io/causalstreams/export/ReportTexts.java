package io.causalstreams.export;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Texts for {@link ExportReport}: prose, code and a dialogue, of about 150 to 250 tokens each. */
public final class ReportTexts {
    private static final List<String> NAMES = List.of("prose", "code", "dialogue");

    private ReportTexts() {}

    /** The texts by name. */
    public static Map<String, String> all() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : NAMES) {
            texts.put(name, read("report/" + name + ".txt"));
        }
        return texts;
    }

    /** Another text, of about 220 tokens of the same kinds: for {@link Calibration}, so that a report is not made on it. */
    public static String calibration() {
        return read("report/calibration.txt");
    }

    /** A text of many kinds, of about 1,300 tokens: for {@link KvCacheRanges}, which want to see what channels can hold. */
    public static String ranges() {
        return read("report/ranges.txt");
    }

    private static String read(String resource) {
        try (InputStream in = ReportTexts.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not in this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
