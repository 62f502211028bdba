package io.causalstreams.inference;

import org.jspecify.annotations.Nullable;

/** Why a request could not be run. The type names what the caller can do about it. */
public abstract sealed class GenerationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private GenerationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The request is wrong: never retry it. */
    public static final class Invalid extends GenerationException {
        private static final long serialVersionUID = 1L;
        private final @Nullable String parameter;
        private final int promptTokens;

        public Invalid(@Nullable String parameter, String message) {
            this(parameter, message, 0);
        }

        private Invalid(@Nullable String parameter, String message, int promptTokens) {
            super(message, null);
            this.parameter = parameter;
            this.promptTokens = promptTokens;
        }

        /** The same fault of a request whose prompt has {@code tokens}. */
        public Invalid withPromptTokens(int tokens) {
            return new Invalid(parameter, String.valueOf(getMessage()), tokens);
        }

        /** The request field at fault, by its wire name, or null when no single one is. */
        public @Nullable String parameter() {
            return parameter;
        }

        /** Tokens of the request's prompt; 0 when the fault was found before they were counted. */
        public int promptTokens() {
            return promptTokens;
        }
    }

    /** The engine is full: the request was not taken; retry later. */
    public static final class Busy extends GenerationException {
        private static final long serialVersionUID = 1L;

        public Busy(String message) {
            super(message, null);
        }
    }

    /** The engine was closed while the request ran: retry now, elsewhere. */
    public static final class Aborted extends GenerationException {
        private static final long serialVersionUID = 1L;

        public Aborted(String message) {
            super(message, null);
        }
    }

    /** The engine has died, and with it every request it had: no verdict on any of them. Run them on another engine. */
    public static final class Dead extends GenerationException {
        private static final long serialVersionUID = 1L;

        public Dead(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The model cannot be loaded, or failed on this request and would compute others. */
    public static final class Failed extends GenerationException {
        private static final long serialVersionUID = 1L;

        public Failed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
