package io.causalstreams.inference;

import java.util.ArrayList;
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

    /**
     * A form whose strings that are {@code "x-verbatim": true} in its JSON schemas are words in a row of one of these texts. A form
     * alone takes the texts of its request: {@linkplain #of of the chat}, or the prompt.
     *
     * @param form any but another of this kind
     */
    record Verbatim(OutputConstraint form, List<String> texts) implements OutputConstraint {
        public Verbatim {
            if (form instanceof Verbatim) {
                throw new IllegalArgumentException("the form has texts already; name all of them once");
            }
            texts = List.copyOf(texts);
        }

        /** Of the last message of the user, and the results of tools behind it. */
        public static Verbatim of(OutputConstraint form, Prompt.Chat chat) {
            List<String> texts = new ArrayList<>();
            for (Prompt.Message message : chat.messages()) {
                if (message.role().equals("user")) {
                    texts.clear();
                }
                if (message.role().equals("user") || message.role().equals("tool")) {
                    texts.add(message.text());
                }
            }
            return new Verbatim(form, texts);
        }

        @Override
        public String field() {
            return form.field();
        }
    }
}
