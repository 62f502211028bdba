package io.causalstreams.inference;

import java.util.List;

/** A form every completion must have; the sampler only sees tokens that can still lead to it. */
public sealed interface OutputConstraint {

    /** Any JSON object. */
    record JsonObject() implements OutputConstraint {}

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

    /** Exactly one of the strings. */
    record Choice(List<String> choices) implements OutputConstraint {
        public Choice {
            choices = List.copyOf(choices);
        }
    }

    /** The whole text matches the regular expression. */
    record Regex(String pattern) implements OutputConstraint {}

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
