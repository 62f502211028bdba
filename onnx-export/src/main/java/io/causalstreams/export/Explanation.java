package io.causalstreams.export;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Parameter;
import io.causalstreams.export.internal.mixing.MatrixGroup;
import io.causalstreams.export.internal.mixing.Mix;
import java.util.Locale;
import java.util.stream.Collectors;

/** A graph's weights as a table, with their shapes and bytes. */
final class Explanation {
    private Explanation() {}

    /** What was chosen by measurement. */
    static String of(Mix mix) {
        return String.format(
                Locale.ROOT,
                "KL divergence on the calibration text %.4f, before %.4f; finer: %s%n",
                mix.after(),
                mix.before(),
                mix.fine().isEmpty()
                        ? "nothing"
                        : mix.fine().stream().map(MatrixGroup::name).collect(Collectors.joining(", ")));
    }

    static String of(String modelType, ModelGraph model, Precision precision) {
        Decoder decoder = model.decoder();
        return of(
                model.builder(),
                modelType,
                precision,
                decoder.layers().size(),
                decoder.vocabularySize(),
                decoder.maxPositions());
    }

    static String of(
            GraphBuilder graph, String modelType, Precision precision, int layers, int vocabularySize, int maxTokens) {
        StringBuilder text = new StringBuilder();
        long elements = 0;
        long bytes = 0;
        for (Parameter parameter : graph.parameters()) {
            String shape = parameter.shape().stream().map(String::valueOf).collect(Collectors.joining("×"));
            text.append(String.format(
                    Locale.ROOT,
                    "%-48s %-8s %16s %14s%n",
                    parameter.name(),
                    parameter.type().name().toLowerCase(Locale.ROOT),
                    shape,
                    Bytes.readable(parameter.bytes())));
            elements += parameter.elements();
            bytes += parameter.bytes();
        }
        return String.format(
                        Locale.ROOT,
                        "%s (%s), %s: %d layers, %d nodes, vocabulary %d, context %d tokens%n",
                        graph,
                        modelType,
                        precision.id(),
                        layers,
                        graph.nodes(),
                        vocabularySize,
                        maxTokens)
                + text
                + String.format(Locale.ROOT, "%-48s %-8s %16d %14s%n", "total", "", elements, Bytes.readable(bytes));
    }
}
