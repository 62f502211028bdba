package io.causalstreams.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far an export is from the same checkpoint at fp32, or from another model of its vocabulary, text by text.
 *
 * @param precision what the model calls its own
 * @param lines one per text, and last one for all of them
 */
public record ExportReport(String precision, List<Line> lines) {
    private static final String FILE = "report.json";
    private static final String ALL = "all";

    public ExportReport {
        lines = List.copyOf(lines);
    }

    /**
     * Compares two models on texts.
     *
     * @param reference the checkpoint at fp32, or what it is to be compared with
     * @param candidate the model at {@code precision}
     * @param texts token ids by name, each of two tokens at least; {@link ReportTexts} ships some
     * @throws IllegalArgumentException if the two do not give equally many logits
     */
    public static ExportReport compare(
            String precision, LogitsScorer reference, LogitsScorer candidate, Map<String, int[]> texts) {
        Agreement all = new Agreement();
        List<Line> lines = new ArrayList<>();
        texts.forEach((name, tokenIds) -> {
            Agreement agreement = new Agreement();
            float[][] expected = reference.logits(tokenIds);
            float[][] actual = candidate.logits(tokenIds);
            if (expected[0].length != actual[0].length) {
                throw new IllegalArgumentException("the reference gives %d logits a token, the other model %d"
                        .formatted(expected[0].length, actual[0].length));
            }
            for (int i = 0; i + 1 < tokenIds.length; i++) {
                agreement.add(expected[i], actual[i], tokenIds[i + 1]);
            }
            all.add(agreement);
            lines.add(line(name, agreement));
        });
        lines.add(line(ALL, all));
        return new ExportReport(precision, lines);
    }

    private static Line line(String text, Agreement agreement) {
        return new Line(
                text,
                agreement.predictions(),
                agreement.divergence(),
                agreement.share(),
                agreement.perplexity(),
                agreement.referencePerplexity());
    }

    /** The figures of all texts together. */
    public Line overall() {
        return lines.get(lines.size() - 1);
    }

    /** For people. */
    public String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-12s %7s %10s %10s %12s %12s%n",
                precision,
                "tokens",
                "KL",
                "top-1",
                "perplexity",
                "fp32"));
        for (Line line : lines) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-12s %7d %10.4f %9.1f%% %12.3f %12.3f%n",
                    line.text(),
                    line.tokens(),
                    line.divergence(),
                    100 * line.agreement(),
                    line.perplexity(),
                    line.referencePerplexity()));
        }
        return table.toString();
    }

    /** Writes {@code report.json} into a model directory. */
    public void write(Path modelDirectory) throws IOException {
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(modelDirectory.resolve(FILE).toFile(), json());
    }

    /** For programs: what {@link #write} writes. */
    public JsonNode json() {
        ObjectNode report = JsonNodeFactory.instance.objectNode().put("precision", precision);
        ArrayNode array = report.putArray("texts");
        for (Line line : lines) {
            array.addObject()
                    .put("text", line.text())
                    .put("tokens", line.tokens())
                    .put("kl_divergence", line.divergence())
                    .put("top1_agreement", line.agreement())
                    .put("perplexity", line.perplexity())
                    .put("fp32_perplexity", line.referencePerplexity());
        }
        return report;
    }

    /**
     * The figures of one text.
     *
     * @param tokens predictions compared
     * @param divergence mean Kullback-Leibler divergence from fp32, nats
     * @param agreement share of predictions with the same most likely token, 0 to 1
     * @param perplexity of the text under the export
     * @param referencePerplexity of the text at fp32
     */
    public record Line(
            String text,
            int tokens,
            double divergence,
            double agreement,
            double perplexity,
            double referencePerplexity) {}
}
