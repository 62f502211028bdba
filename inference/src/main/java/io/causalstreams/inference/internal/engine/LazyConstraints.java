package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds the compiler with its view of the vocabulary when the first constrained request comes. Any thread. */
final class LazyConstraints implements Function<OutputConstraint, TokenConstraint> {
    private final Tokenizer tokenizer;
    private @Nullable ConstraintCompiler compiler;

    LazyConstraints(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public TokenConstraint apply(OutputConstraint constraint) {
        return compiler().compile(constraint);
    }

    private synchronized ConstraintCompiler compiler() {
        ConstraintCompiler known = compiler;
        if (known == null) {
            known = new ConstraintCompiler(tokenizer);
            compiler = known;
        }
        return known;
    }
}
