package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another arithmetic whose products of attention and feed-forward take low-rank additions at run time, each row that of its own
 * adapter: y = W·x + b + B·(A·x).
 *
 * <pre>
 *   x ──W──► y ──────────────────────────────────────────────────────────────────Add──►
 *   └─GatherND(adapter_rows)──MatMul(A)──Mul(adapter_share)──MatMul(B)──GatherND(adapter_places)──┘
 *     (adapters, group, inputs)  (…, rank)                    (…, outputs)  (batch, sequence, outputs)
 * </pre>
 *
 * Rows are grouped by adapter, so that each A and B is read once for all rows that use it, in one batched product. Groups have one
 * size; what fills them up has a share of 0, and so have rows without an adapter a place that adds nothing. All of it is in an If:
 * a pass in which no row has an adapter for this product pays one node.
 *
 * <p>A, B and the shares are given in fp32, whatever the graph computes in: what is given is the same for all graphs.
 *
 * <p>Routers, experts and the head are not adapted.
 */
public final class AdaptableArithmetic implements Arithmetic {
    /** The input that shows that a graph takes adapters. */
    public static final String ROWS = "adapter_rows";

    private static final String EXPERTS = "/experts.";

    private final Arithmetic base;
    private final Map<String, Weight> adapted = new LinkedHashMap<>();
    private @Nullable Groups groups;

    public AdaptableArithmetic(Arithmetic base) {
        this.base = base;
    }

    /** The weights of the products that take additions, by their address. */
    public Map<String, Weight> adapted() {
        return adapted;
    }

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        Value y = base.project(scope, x, projection, role);
        if (role == Role.ROUTER || scope.toString().contains(EXPERTS)) {
            return y;
        }
        String address = scope.toString().substring(1);
        adapted.put(address, projection.weight());
        return adapted(scope.at("adapter"), x, y, projection, address);
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return base.embed(scope, ids, table);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        return base.head(scope, x, head);
    }

    private Value adapted(Scope scope, Value x, Value y, Projection projection, String address) {
        GraphBuilder graph = scope.graph();
        Groups rows = groups(graph);
        String prefix = "adapters/" + address;
        Dimension rank = Dimension.of(prefix + ".rank");
        Value active = graph.input(prefix + ".active", ElementType.BOOL);
        Value a =
                graph.input(prefix + ".a", ElementType.FLOAT, Groups.ADAPTERS, Dimension.of(projection.inputs()), rank);
        Value b = graph.input(
                prefix + ".b", ElementType.FLOAT, Groups.ADAPTERS, rank, Dimension.of(projection.outputs()));
        return scope.node(Operator.IF, "if")
                .inputs(active)
                .branch("then_branch", () -> sum(scope, x, y, a, b, rows))
                .branch("else_branch", () -> scope.apply(Operator.IDENTITY, "unchanged", y))
                .output();
    }

    private static Value sum(Scope scope, Value x, Value y, Value a, Value b, Groups groups) {
        Value grouped = scope.apply(Operator.GATHER_ND, "rows", x, groups.rows());
        Value reduced = scope.apply(Operator.MAT_MUL, "a", grouped, Casts.toReals(scope, "a_cast", a));
        Value shared = scope.apply(Operator.MUL, "share", reduced, groups.share());
        Value added = scope.apply(Operator.MAT_MUL, "b", shared, Casts.toReals(scope, "b_cast", b));
        Value inPlace = scope.apply(Operator.GATHER_ND, "places", added, groups.places());
        return scope.apply(Operator.ADD, "sum", y, inPlace);
    }

    private Groups groups(GraphBuilder graph) {
        Groups known = groups;
        if (known == null) {
            known = Groups.declare(graph);
            groups = known;
        }
        return known;
    }

    /**
     * How the rows of a pass are grouped by adapter.
     *
     * @param rows (adapters, group, 2): row and position in the pass of each member
     * @param share (adapters, group, 1): 1, or 0 of what fills the group up
     * @param places (batch, sequence, 2): adapter and place in its group of each position
     */
    private record Groups(Value rows, Value share, Value places) {
        static final Dimension ADAPTERS = Dimension.of("adapters");

        static Groups declare(GraphBuilder graph) {
            Dimension group = Dimension.of("group");
            Dimension pair = Dimension.of(2);
            return new Groups(
                    graph.input(ROWS, ElementType.INT64, ADAPTERS, group, pair),
                    Casts.toReals(
                            Scope.root(graph).at("adapters"),
                            "share",
                            graph.input("adapter_share", ElementType.FLOAT, ADAPTERS, group, Dimension.of(1))),
                    graph.input(
                            "adapter_places",
                            ElementType.INT64,
                            Dimension.of("batch"),
                            Dimension.of("sequence"),
                            pair));
        }
    }
}
