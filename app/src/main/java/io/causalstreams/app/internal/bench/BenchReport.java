package io.causalstreams.app.internal.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.ModelInfo;
import java.io.PrintStream;
import java.util.Locale;

/** Prints figures as they come: a line of a table for people, or a JSON object a line. */
public final class BenchReport {
    private final PrintStream out;
    private final boolean asJson;
    private final ModelInfo model;
    private final Workload workload;
    private final int rounds;
    private final ObjectMapper mapper = new ObjectMapper();

    public BenchReport(PrintStream out, boolean asJson, ModelInfo model, Workload workload, int rounds) {
        this.out = out;
        this.asJson = asJson;
        this.model = model;
        this.workload = workload;
        this.rounds = rounds;
    }

    /** What is measured, on what. */
    public void header() {
        if (!asJson) {
            out.printf(
                    Locale.ROOT,
                    "%s (%s) on %s; prompts of %d tokens, completions of %d, %d rounds: median (min–max)%n%n",
                    model.name(),
                    model.precision(),
                    Machine.describe(),
                    workload.promptTokens(),
                    workload.completionTokens(),
                    rounds);
            out.printf(
                    "%8s  %22s  %22s  %22s  %22s%n",
                    "requests", "decode tokens/s", "prefill tokens/s", "end to end tokens/s", "first token ms");
        }
    }

    public void engine(int concurrency, EngineBench.Figures figures) {
        if (asJson) {
            ObjectNode line = line("engine", concurrency);
            put(line, "decode_tokens_per_second", figures.decode());
            put(line, "prefill_tokens_per_second", figures.prefill());
            put(line, "end_to_end_tokens_per_second", figures.endToEnd());
            put(line, "median_time_to_first_token_seconds", figures.medianFirstToken());
            put(line, "max_time_to_first_token_seconds", figures.lastFirstToken());
            print(line);
        } else {
            out.printf(
                    "%8d  %22s  %22s  %22s  %22s%n",
                    concurrency,
                    text(figures.decode(), 1),
                    text(figures.prefill(), 1),
                    text(figures.endToEnd(), 1),
                    text(figures.medianFirstToken(), 1000));
        }
    }

    public void kafka(int concurrency, KafkaBench.Figures figures) {
        if (asJson) {
            ObjectNode line = line("kafka", concurrency);
            put(line, "completion_tokens_per_second", figures.throughKafka());
            put(line, "engine_alone_tokens_per_second", figures.engineAlone());
            put(line, "ratio", figures.ratio());
            print(line);
        } else {
            out.printf(
                    Locale.ROOT,
                    "%8d  through Kafka, exactly once: %s tokens/s; the engine alone under this load: %s; ratio %.2f (%.2f–%.2f)%n",
                    concurrency,
                    text(figures.throughKafka(), 1),
                    text(figures.engineAlone(), 1),
                    figures.ratio().median(),
                    figures.ratio().min(),
                    figures.ratio().max());
        }
    }

    /** Memory of the whole run. */
    public void footer(long kvCacheBytes) {
        if (asJson) {
            ObjectNode line = mapper.createObjectNode();
            line.put("benchmark", "memory");
            Machine.peakResidentBytes().ifPresent(bytes -> line.put("peak_resident_bytes", bytes));
            line.put("kv_cache_bytes", kvCacheBytes);
            print(line);
        } else {
            Machine.peakResidentBytes()
                    .ifPresent(bytes -> out.printf(
                            Locale.ROOT,
                            "%npeak resident memory %d MB, of which KV cache at most %d MB%n",
                            bytes / 1_000_000,
                            kvCacheBytes / 1_000_000));
        }
    }

    private ObjectNode line(String benchmark, int concurrency) {
        ObjectNode line = mapper.createObjectNode();
        line.put("benchmark", benchmark);
        line.put("machine", Machine.describe());
        line.put("model", model.name());
        line.put("precision", model.precision());
        line.put("fingerprint", model.fingerprint());
        line.put("concurrency", concurrency);
        line.put("prompt_tokens", workload.promptTokens());
        line.put("max_tokens", workload.completionTokens());
        line.put("rounds", rounds);
        return line;
    }

    private static void put(ObjectNode line, String name, Spread spread) {
        if (!Double.isNaN(spread.median())) {
            line.putObject(name)
                    .put("min", spread.min())
                    .put("median", spread.median())
                    .put("max", spread.max());
        }
    }

    private static String text(Spread spread, double factor) {
        return Double.isNaN(spread.median())
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.0f (%.0f–%.0f)",
                        spread.median() * factor,
                        spread.min() * factor,
                        spread.max() * factor);
    }

    private void print(ObjectNode line) {
        try {
            out.println(mapper.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings can be written", e);
        }
        out.flush();
    }
}
