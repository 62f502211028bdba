package io.causalstreams.export.internal.mixing;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.block.DecoderGraph;
import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorStore;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds the groups of any decoder by building its graph once, without weights. */
public final class MatrixGroups {
    private static final String HEAD = "head";

    private MatrixGroups() {}

    /**
     * All groups, in the order in which the graph computes them.
     *
     * @param reals the type that the graph computes in, which says what is one product
     */
    public static List<MatrixGroup> of(Decoder decoder, ElementType reals) {
        Recorder recorder = new Recorder();
        new DecoderGraph(new GraphBuilder("groups", TensorStore.discarding(), reals), decoder, recorder).add();
        return List.copyOf(recorder.groups.values());
    }

    /** Remembers what is projected where; the products themselves are those of single precision. */
    private static final class Recorder extends FloatArithmetic {
        private final Map<String, MatrixGroup> groups = new LinkedHashMap<>();

        @Override
        public Value project(Scope scope, Value x, Projection projection, Role role) {
            // Routers are computed exactly at every precision.
            if (role != Role.ROUTER) {
                add(layerOf(scope.toString()), kind(role), scope, projection.weight());
            }
            return super.project(scope, x, projection, role);
        }

        @Override
        public Value head(Scope scope, Value x, Projection head) {
            add("", HEAD, scope, head.weight());
            return super.head(scope, x, head);
        }

        private void add(String layer, String kind, Scope scope, Weight weight) {
            MatrixGroup more =
                    new MatrixGroup(layer, kind, (long) weight.rows() * weight.columns(), List.of(scope.toString()));
            groups.merge(more.name(), more, Recorder::together);
        }

        private static MatrixGroup together(MatrixGroup known, MatrixGroup more) {
            List<String> addresses = new ArrayList<>(known.addresses());
            addresses.addAll(more.addresses());
            return new MatrixGroup(known.layer(), known.kind(), known.elements() + more.elements(), addresses);
        }

        private static String kind(Role role) {
            return switch (role) {
                case QUERY_KEY_VALUE, OF_LATENT -> "qkv";
                case ATTENTION_OUTPUT -> "output";
                case GATE_UP, ROUTER -> role.name().toLowerCase(Locale.ROOT);
                case DOWN, EXPERT_DOWN -> "down";
            };
        }

        /** {@code layers.3} of {@code /layers.3/attention/qkv}. */
        private static String layerOf(String address) {
            return address.substring(1, address.indexOf('/', 1));
        }
    }
}
