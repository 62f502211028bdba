package io.causalstreams.app.internal.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prints results as they come: lines for people, or a JSON object a line. */
public final class BenchReport {
    private final PrintStream out;
    private final boolean asJson;
    private final int rounds;
    private final ObjectMapper mapper = new ObjectMapper();
    private String pendingHeading = "";
    private boolean begun;

    public BenchReport(PrintStream out, boolean asJson, int rounds) {
        this.out = out;
        this.asJson = asJson;
        this.rounds = rounds;
    }

    void add(Result result) {
        if (asJson) {
            print(result.with("rounds", rounds).facts());
            return;
        }
        if (!begun) {
            out.printf(
                    Locale.ROOT,
                    "%s (%s) on %s; %d rounds: median (min–max)%n%n",
                    result.model().name(),
                    result.model().precision(),
                    Machine.describe(),
                    rounds);
            begun = true;
        }
        out.print(pendingHeading);
        pendingHeading = "";
        out.println(result.text());
        out.flush();
    }

    /** Lines for people above the next result. */
    void heading(String... lines) {
        pendingHeading = String.join(System.lineSeparator(), lines) + System.lineSeparator();
    }

    /** Memory of the whole run. */
    public void footer() {
        Machine.peakResidentBytes().ifPresent(bytes -> {
            if (asJson) {
                Map<String, Object> facts = new LinkedHashMap<>();
                facts.put("benchmark", "memory");
                facts.put("peak_resident_bytes", bytes);
                print(facts);
            } else {
                out.printf(Locale.ROOT, "%npeak resident memory of this process: %d MB%n", bytes / 1_000_000);
            }
        });
    }

    private void print(Map<String, Object> facts) {
        try {
            out.println(mapper.writeValueAsString(facts));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings can be written", e);
        }
        out.flush();
    }
}
