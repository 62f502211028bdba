package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.graph.NodeBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The residual stream x, to which branches are added and of which norms are taken.
 *
 * <pre>
 *   x ─────┐
 *          Skip(Simplified)LayerNormalization ──► norm(x + branch)
 *   branch ┘                                 └──► x + branch, the new x
 * </pre>
 *
 * A branch that was added waits for the next norm, which adds it on the way: one node instead of two.
 */
final class ResidualStream {
    private Value stream;
    private @Nullable Value waiting;

    ResidualStream(Value stream) {
        this.stream = stream;
    }

    /** x ← x + branch. */
    void add(Scope scope, Value branch) {
        value(scope);
        waiting = branch;
    }

    /** x itself. */
    Value value(Scope scope) {
        if (waiting != null) {
            stream = scope.apply(Operator.ADD, "residual", stream, waiting);
            waiting = null;
        }
        return stream;
    }

    /** norm(x), or x where there is no norm. */
    Value normalised(Scope scope, @Nullable Norm norm) {
        if (norm == null) {
            return value(scope);
        }
        if (waiting == null) {
            return Normalisation.add(scope, stream, norm);
        }
        NodeBuilder node = scope.node(
                        norm.kind() == Norm.Kind.RMS
                                ? Operator.SKIP_SIMPLIFIED_LAYER_NORMALIZATION
                                : Operator.SKIP_LAYER_NORMALIZATION,
                        "norm")
                .inputs(stream, waiting)
                .inputs(Normalisation.parameters(scope, norm))
                .attribute("epsilon", (float) norm.epsilon());
        List<Value> outputs = node.outputs(scope + "/norm", "", "", scope + "/residual");
        stream = outputs.get(1);
        waiting = null;
        return outputs.get(0);
    }
}
