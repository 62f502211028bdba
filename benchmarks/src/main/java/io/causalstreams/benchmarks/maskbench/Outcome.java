package io.causalstreams.benchmarks.maskbench;

import io.causalstreams.benchmarks.maskbench.BenchmarkSchema.Instance;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.text.Tokenizer;

/**
 * What became of one schema.
 *
 * @param verdict the worst of its instances' verdicts
 * @param detail the error of a refusal, or the instance that was judged wrongly
 * @param firstMaskMicros from the schema's text to the mask of the first token; of refused schemas, to the refusal
 * @param worstMaskMicros the longest time for a mask with the step to it
 */
record Outcome(String name, Verdict verdict, String detail, long firstMaskMicros, long worstMaskMicros) {

    /** From best to worst. */
    enum Verdict {
        PASS("pass"),
        REFUSED("refused"),
        VALID_REJECTED("valid rejected"),
        INVALID_ACCEPTED("invalid accepted");

        final String words;

        Verdict(String words) {
            this.words = words;
        }
    }

    /** @param masks receives the time of every mask with the step to it */
    static Outcome of(BenchmarkSchema schema, ConstraintCompiler compiler, Tokenizer tokenizer, Times masks) {
        long start = Times.now();
        TokenConstraint constraint;
        try {
            constraint = compiler.compile(new OutputConstraint.JsonSchema(schema.schema()));
        } catch (GenerationException e) {
            return new Outcome(schema.name(), Verdict.REFUSED, String.valueOf(e.getMessage()), micros(start), 0);
        }
        long firstMask = micros(start);
        Times own = new Times();
        Verdict worst = Verdict.PASS;
        String detail = "";
        for (Instance instance : schema.instances()) {
            int accepted = accepted(constraint, instance.text(), tokenizer, own);
            boolean whole = accepted > instance.text().length();
            Verdict verdict = whole == instance.valid()
                    ? Verdict.PASS
                    : whole ? Verdict.INVALID_ACCEPTED : Verdict.VALID_REJECTED;
            if (verdict.compareTo(worst) > 0) {
                worst = verdict;
                detail = whole
                        ? instance.text()
                        : instance.text().substring(0, accepted) + "⟦"
                                + instance.text().substring(accepted);
            }
        }
        masks.addAll(own);
        return new Outcome(schema.name(), worst, detail, firstMask, own.max() / 1000);
    }

    /** How many characters of the text can be written, roughly; more than it has if it may end there too. */
    static int accepted(TokenConstraint constraint, String text, Tokenizer tokenizer, Times masks) {
        TokenConstraint.State state = constraint.start();
        int bytes = 0;
        for (int token : tokenizer.encodeText(text)) {
            long start = Times.now();
            boolean allowed;
            TokenConstraint.State next = state;
            try {
                allowed = state.allowed().get(token);
                next = allowed ? state.after(token) : state;
            } catch (GenerationException e) {
                allowed = false;
            }
            masks.add(Times.now() - start);
            if (!allowed) {
                return Math.min(bytes, text.length());
            }
            bytes += tokenizer.bytesOf(token).length;
            state = next;
        }
        return state.accepting() ? text.length() + 1 : text.length();
    }

    private static long micros(long start) {
        return (Times.now() - start) / 1000;
    }
}
