package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import io.causalstreams.inference.internal.constraint.schema.SchemaOptions;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds the compiler with its view of the vocabulary when the first constrained request comes. Any thread. */
final class LazyConstraints implements Function<OutputConstraint, TokenConstraint> {
    private final Tokenizer tokenizer;
    private final SchemaOptions options;
    private @Nullable ConstraintCompiler compiler;

    LazyConstraints(Tokenizer tokenizer, EngineConfig config) {
        this.tokenizer = tokenizer;
        this.options = new SchemaOptions(config.undeclaredProperties(), config.anyPropertyOrder());
    }

    @Override
    public TokenConstraint apply(OutputConstraint constraint) {
        return compiler().compile(constraint);
    }

    private synchronized ConstraintCompiler compiler() {
        ConstraintCompiler known = compiler;
        if (known == null) {
            known = new ConstraintCompiler(Vocabulary.of(tokenizer), options);
            compiler = known;
        }
        return known;
    }
}
