package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/**
 * Texts of different lengths in one pass, one behind the other: only attention sees them as rows, filled up to the longest.
 *
 * <pre>
 *   packed (tokens, c)     a₀ a₁ a₂ b₀ c₀ c₁
 *
 *   padded (batch, longest, c)     a₀ a₁ a₂        starts = 0 3 4, lengths = 3 1 2
 *                                  b₀ ·  ·
 *                                  c₀ c₁ ·
 *
 *   packed ──Gather(starts + place, or 0)──► padded ──Gather(places below the length)──► packed
 * </pre>
 *
 * So products with weights, nine tenths of the work, are done of tokens and not of what fills rows up.
 */
final class Packing {
    private final GraphBuilder graph;
    private final Value inputIds;
    private final Value lengths;
    private final Value wideLengths;
    private final Value starts;
    private final Value longest;
    private final Value inside;
    private final Value paddedFrom;
    private final Value packedFrom;

    private Packing(Scope scope, Value inputIds, Value lengths) {
        this.graph = scope.graph();
        this.inputIds = inputIds;
        this.lengths = lengths;
        this.wideLengths = cast(scope, "lengths", lengths, ElementType.INT64);
        this.starts = scope.node(Operator.CUM_SUM, "starts")
                .inputs(wideLengths, graph.scalar(0))
                .attribute("exclusive", 1)
                .output();
        this.longest = scope.node(Operator.REDUCE_MAX, "longest")
                .inputs(wideLengths, graph.constant(0))
                .attribute("keepdims", 0)
                .output();
        Value places = scope.apply(Operator.RANGE, "places", graph.scalar(0), longest, graph.scalar(1));
        this.inside = scope.apply(
                Operator.LESS,
                "inside",
                places,
                scope.apply(Operator.UNSQUEEZE, "length_by_row", wideLengths, graph.constant(1)));
        Value tokens = scope.apply(
                Operator.ADD,
                "tokens",
                scope.apply(Operator.UNSQUEEZE, "start_by_row", starts, graph.constant(1)),
                places);
        this.paddedFrom = scope.apply(
                Operator.MUL, "padded_from", tokens, cast(scope, "inside_number", inside, ElementType.INT64));
        Value flat = scope.apply(Operator.RESHAPE, "inside_flat", inside, graph.constant(-1));
        this.packedFrom = scope.apply(
                Operator.SQUEEZE,
                "packed_from",
                scope.apply(Operator.NON_ZERO, "inside_places", flat),
                graph.constant(0));
    }

    /** Declares {@code input_ids} (tokens) and {@code lengths} (batch). */
    static Packing declare(GraphBuilder graph, Scope scope) {
        Value inputIds = graph.input("input_ids", ElementType.INT64, Dimension.of("tokens"));
        Value lengths = graph.input("lengths", ElementType.INT32, Dimension.of("batch"));
        return new Packing(scope, inputIds, lengths);
    }

    /** (tokens), int64. */
    Value inputIds() {
        return inputIds;
    }

    /** (batch), int32. */
    Value lengths() {
        return lengths;
    }

    /** (batch), int64: the packed index of each text's first token. */
    Value firstTokens() {
        return starts;
    }

    /** (batch), int64: the packed index of each text's last token. */
    Value lastTokens(Scope scope) {
        Value ends = scope.apply(Operator.ADD, "ends", starts, wideLengths);
        return scope.apply(Operator.SUB, "last", ends, graph.scalar(1));
    }

    /** (tokens), int64: each token's position in its text, from 0. */
    Value positions(Scope scope) {
        return scope.apply(Operator.MOD, "positions", packedFrom, longest);
    }

    /** int32, no dimensions: tokens of the longest text. */
    Value longest(Scope scope) {
        return cast(scope, "longest", longest, ElementType.INT32);
    }

    /** (batch, longest, 1), fp32: 1 where there is a token, else 0. */
    Value mask(Scope scope) {
        Value number = cast(scope, "mask_number", inside, ElementType.FLOAT);
        return scope.apply(Operator.UNSQUEEZE, "mask", number, graph.constant(2));
    }

    /** (batch, 1), fp32. */
    Value counts(Scope scope) {
        Value number = cast(scope, "count_number", lengths, ElementType.FLOAT);
        return scope.apply(Operator.UNSQUEEZE, "count", number, graph.constant(1));
    }

    /** Shapes: x (tokens, c); result (batch, longest, c), in what fills rows up some token's values. */
    Value padded(Scope scope, Value x) {
        return scope.apply(Operator.GATHER, "padded", x, paddedFrom);
    }

    /** Shapes: x (batch, longest, channels); result (tokens, channels). */
    Value packed(Scope scope, Value x, long channels) {
        Value flat = scope.apply(Operator.RESHAPE, "flat", x, graph.constant(-1, channels));
        return scope.apply(Operator.GATHER, "packed", flat, packedFrom);
    }

    private static Value cast(Scope scope, String name, Value x, ElementType type) {
        return scope.node(Operator.CAST, name)
                .inputs(x)
                .attribute("to", type.code())
                .output();
    }
}
