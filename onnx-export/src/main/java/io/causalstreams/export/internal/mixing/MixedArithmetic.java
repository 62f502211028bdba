package io.causalstreams.export.internal.mixing;

import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** One arithmetic for most products, a finer one for some and for the embedding, which costs memory but no time. */
public final class MixedArithmetic implements Arithmetic {
    private final Arithmetic coarse;
    private final Arithmetic fine;
    private final Set<String> fineAddresses;

    /** @param groups those that {@code fine} computes */
    public MixedArithmetic(Arithmetic coarse, Arithmetic fine, Collection<MatrixGroup> groups) {
        this.coarse = coarse;
        this.fine = fine;
        this.fineAddresses =
                groups.stream().flatMap(group -> group.addresses().stream()).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        return at(scope).project(scope, x, projection, role);
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return fine.embed(scope, ids, table);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        return at(scope).head(scope, x, head);
    }

    private Arithmetic at(Scope scope) {
        return fineAddresses.contains(scope.toString()) ? fine : coarse;
    }
}
