package io.causalstreams.registry;

import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Random;

/** Writes texts under a schema at random, without a model: what it cannot write no model can. */
public final class ConstrainedText {

    private static final int MAX_TOKENS = 20_000;
    private static final ConstraintCompiler COMPILER = new ConstraintCompiler(new Bytes());

    private final TokenConstraint constraint;
    private final Random random;

    /** @throws io.causalstreams.inference.GenerationException.Invalid if the schema is refused */
    public ConstrainedText(String jsonSchema, Random random) {
        this.constraint = COMPILER.compile(new OutputConstraint.JsonSchema(jsonSchema));
        this.random = random;
    }

    /** A whole text; after {@code budget} bytes it ends what it can. */
    public String next(int budget) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        TokenConstraint.State state = constraint.start();
        for (int count = 0; count < MAX_TOKENS; count++) {
            BitSet allowed = state.allowed();
            if (state.accepting() && (allowed.isEmpty() || count >= budget || random.nextInt(4) == 0)) {
                return text.toString(StandardCharsets.UTF_8);
            }
            int token = count < budget ? any(allowed) : closing(allowed);
            text.write(token);
            state = state.after(token);
        }
        throw new AssertionError("does not end: " + text.toString(StandardCharsets.UTF_8));
    }

    private int any(BitSet allowed) {
        return allowed.stream()
                .skip(random.nextInt(allowed.cardinality()))
                .findFirst()
                .orElseThrow();
    }

    /** Prefers what ends a string, an object or a list, and null, which ends what holds itself; within a string a brace ends nothing. */
    private int closing(BitSet allowed) {
        boolean withinString = allowed.get('}') && allowed.get('a');
        for (char each : (withinString ? "\"" : "}]\"n:").toCharArray()) {
            if (allowed.get(each) && random.nextInt(10) > 0) {
                return each;
            }
        }
        return any(allowed);
    }

    /** A token is a byte. */
    private record Bytes() implements Vocabulary {

        @Override
        public int size() {
            return 256;
        }

        @Override
        public byte[] bytesOf(int tokenId) {
            return new byte[] {(byte) tokenId};
        }

        @Override
        public boolean isSpecial(int tokenId) {
            return false;
        }

        @Override
        public String textOf(int tokenId) {
            return Integer.toString(tokenId);
        }
    }
}
