package io.causalstreams.inference.internal.constraint.mask;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose model may think first: free text between its tags, of at most so many tokens, and then the form that was
 * asked for, if any.
 *
 * <pre>
 *           ┌──── opening tag ────► THINKING ── closing tag ──► THOUGHT ── a line break ──┐
 *   START ──┤                          └─ budget spent: CLOSING ──┘                       │
 *           └───────────────────────── nothing thought ───────────────────────────────────┴─► form, or free text
 * </pre>
 *
 * <p>The position is a function of the tokens alone, so a resumed answer thinks no longer than one that was not interrupted.
 *
 * <p>Threading: any thread.
 */
public final class ReasoningConstraint implements TokenConstraint {
    private final ReasoningTokens tokens;
    private final @Nullable TokenConstraint form;
    private final int maxTokens;
    private final boolean inside;
    private final Free free = new Free();

    /**
     * One of a request.
     *
     * @param form what follows; null = anything
     * @param maxTokens of the reasoning, before its closing tag; 0 = it does not think
     * @param inside whether the prompt has opened the reasoning
     */
    public ReasoningConstraint(ReasoningTokens tokens, @Nullable TokenConstraint form, int maxTokens, boolean inside) {
        this.tokens = tokens;
        this.form = form;
        this.maxTokens = maxTokens;
        this.inside = inside;
    }

    @Override
    public State start() {
        return inside ? new Thinking(0, new byte[0]) : new Start();
    }

    @Override
    public boolean isReady() {
        return form == null || form.isReady();
    }

    @Override
    public void whenReady(Runnable action) {
        if (form == null) {
            action.run();
        } else {
            form.whenReady(action);
        }
    }

    private State form() {
        return form == null ? free : form.start();
    }

    /** What {@code state} allows, and {@code more}. */
    private static BitSet allowedBy(State state, BitSet more) {
        BitSet allowed = (BitSet) state.allowed().clone();
        allowed.or(more);
        return allowed;
    }

    private static BitSet only(int token) {
        BitSet allowed = new BitSet();
        allowed.set(token);
        return allowed;
    }

    /** Where the form may begin. It is asked for nothing before it has to be, for it may still be compiled. */
    private abstract class BeforeForm implements State {
        final State form = form();

        @Override
        public boolean accepting() {
            return form.accepting();
        }

        @Override
        public boolean acceptsAfter(byte[] bytes) {
            return form.acceptsAfter(bytes);
        }
    }

    /** Before the first token, outside of the reasoning. */
    private final class Start extends BeforeForm {

        @Override
        public BitSet allowed() {
            return maxTokens == 0 ? withoutOpening() : allowedBy(form, only(tokens.open(0)));
        }

        private BitSet withoutOpening() {
            BitSet less = (BitSet) form.allowed().clone();
            less.clear(tokens.open(0));
            return less.isEmpty() ? form.allowed() : less;
        }

        @Override
        public State after(int tokenId) {
            boolean opens = maxTokens > 0
                    && tokenId == tokens.open(0)
                    && (form == free || !form.allowed().get(tokenId));
            return opens ? opened(1) : form.after(tokenId);
        }

        private State opened(int count) {
            return count == tokens.openLength() ? new Thinking(0, new byte[0]) : new Opening(count, this);
        }
    }

    /** Inside of an opening tag of several tokens. */
    private final class Opening implements State {
        private final int count;
        private final Start start;

        Opening(int count, Start start) {
            this.count = count;
            this.start = start;
        }

        @Override
        public BitSet allowed() {
            return form == null ? free.allowed() : only(tokens.open(count));
        }

        @Override
        public boolean accepting() {
            return form == null;
        }

        @Override
        public boolean acceptsAfter(byte[] bytes) {
            return form == null;
        }

        @Override
        public State after(int tokenId) {
            return tokenId == tokens.open(count) ? start.opened(count + 1) : free;
        }
    }

    /** Inside of the reasoning. */
    private final class Thinking implements State {
        private final int count;
        /** What may be the beginning of the closing tag. */
        private final byte[] tail;

        Thinking(int count, byte[] tail) {
            this.count = count;
            this.tail = tail;
        }

        @Override
        public BitSet allowed() {
            if (count >= maxTokens) {
                return only(tokens.closing(0));
            }
            // a token that closes the reasoning and goes on would escape the form
            return form == null ? tokens.all() : tokens.allButClosingAndMore(tail);
        }

        @Override
        public boolean accepting() {
            return form == null && count < maxTokens;
        }

        @Override
        public boolean acceptsAfter(byte[] bytes) {
            return form == null;
        }

        @Override
        public State after(int tokenId) {
            if (count >= maxTokens) {
                return closing(1);
            }
            byte[] text = tokens.append(tail, tokenId);
            return tokens.closes(text) ? new Thought() : new Thinking(count + 1, tokens.tail(text));
        }
    }

    private State closing(int count) {
        return count == tokens.closingLength() ? new Thought() : new Closing(count);
    }

    /** Inside of the closing tag of a reasoning that was long enough. */
    private final class Closing implements State {
        private final int count;

        Closing(int count) {
            this.count = count;
        }

        @Override
        public BitSet allowed() {
            return only(tokens.closing(count));
        }

        @Override
        public boolean accepting() {
            return false;
        }

        @Override
        public boolean acceptsAfter(byte[] bytes) {
            return false;
        }

        @Override
        public State after(int tokenId) {
            return closing(count + 1);
        }
    }

    /** Behind the closing tag. Line breaks there belong to no form. */
    private final class Thought extends BeforeForm {

        @Override
        public BitSet allowed() {
            return form == free ? free.allowed() : allowedBy(form, tokens.lineBreaks());
        }

        @Override
        public State after(int tokenId) {
            return tokens.lineBreaks().get(tokenId) ? form : form.after(tokenId);
        }
    }

    /** Free text to the end. */
    private final class Free implements State {

        @Override
        public BitSet allowed() {
            return tokens.all();
        }

        @Override
        public boolean accepting() {
            return true;
        }

        @Override
        public boolean acceptsAfter(byte[] bytes) {
            return true;
        }

        @Override
        public State after(int tokenId) {
            return this;
        }
    }
}
