package io.causalstreams.inference;

import java.util.List;

/** A form every completion must have; the sampler only sees tokens that can still lead to it. */
public sealed interface OutputConstraint {

    /** The field of the request that asked for it, for messages. */
    String field();

    /**
     * Any JSON object.
     *
     * @param field of the request that asked for it, for messages
     */
    record JsonObject(String field) implements OutputConstraint {
        /** Of {@code response_format}. */
        public JsonObject() {
            this("response_format");
        }
    }

    /**
     * JSON valid against a JSON Schema.
     *
     * @param schema the schema's text
     * @param field of the request that held it, for messages
     */
    record JsonSchema(String schema, String field) implements OutputConstraint {
        /** Of {@code response_format}. */
        public JsonSchema(String schema) {
            this(schema, "response_format");
        }
    }

    /**
     * Exactly one of the strings.
     *
     * @param field of the request that held them, for messages
     */
    record Choice(List<String> choices, String field) implements OutputConstraint {
        public Choice {
            choices = List.copyOf(choices);
        }

        /** Of {@code structured_outputs}. */
        public Choice(List<String> choices) {
            this(choices, "structured_outputs");
        }
    }

    /**
     * The whole text matches the regular expression.
     *
     * @param field of the request that held it, for messages
     */
    record Regex(String pattern, String field) implements OutputConstraint {
        /** Of {@code structured_outputs}. */
        public Regex(String pattern) {
            this(pattern, "structured_outputs");
        }
    }

    /**
     * The whole text meets a context-free grammar.
     *
     * @param grammar in GBNF, as llama.cpp writes it, if it has a {@code ::=}; otherwise in Lark, as LLGuidance writes it
     * @param field of the request that held it, for messages
     */
    record Grammar(String grammar, String field) implements OutputConstraint {
        /** Of {@code structured_outputs}. */
        public Grammar(String grammar) {
            this(grammar, "structured_outputs");
        }
    }

    /**
     * Free text with constrained spans between tags.
     *
     * @param tag JSON with {@code structures} and {@code triggers}, as vLLM writes it, or with a {@code format}, as XGrammar
     *     does
     * @param field of the request that held it, for messages
     */
    record StructuralTag(String tag, String field) implements OutputConstraint {
        /** Of {@code response_format}. */
        public StructuralTag(String tag) {
            this(tag, "response_format");
        }
    }
}
