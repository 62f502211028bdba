package io.causalstreams.export.internal.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How byte-level BPE cuts text before merging: the meanings of {@code tokenizer.ggml.pre}, in the terms of Hugging Face's
 * tokenizers.
 *
 * <p>The regular expressions are those of the models' own {@code tokenizer.json}; the names are llama.cpp's ({@code
 * llama-vocab.cpp}). An expression cuts text into its matches and what lies between; several are applied in turn.
 */
enum PreTokenizer {
    GPT2(
            Set.of("gpt-2", "phi-2", "gigachat", "mellum", "mpt", "olmo", "jais", "trillion", "exaone4", "a.x-4.0"),
            List.of(Expressions.GPT2)),
    /** Digits alone, then as GPT-2. */
    SINGLE_DIGITS(
            Set.of("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"),
            List.of("\\p{N}", Expressions.GPT2)),
    LLAMA3(Set.of("llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral", "midm-2.0"), List.of(Expressions.LLAMA3)),
    /** As Llama 3, without its other habits. */
    THREE_DIGITS(Set.of("smaug-bpe", "dbrx", "chatglm-bpe", "glm4"), List.of(Expressions.LLAMA3)),
    QWEN2(
            Set.of("qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "hunyuan", "kormo", "f2llmv2", "solar-open"),
            List.of(Expressions.CONTRACTIONS + Expressions.WORDS + "\\p{N}" + Expressions.REST)),
    TEKKEN(
            Set.of("tekken"),
            List.of(Expressions.CASED_WORDS.formatted("", "") + "\\p{N}" + Expressions.REST_WITH_SLASH)),
    GPT4O(
            Set.of("gpt-4o", "llama4", "kanana2"),
            List.of(Expressions.CASED_WORDS.formatted(Expressions.SUFFIX, Expressions.SUFFIX)
                    + "\\p{N}{1,3}"
                    + Expressions.REST_WITH_SLASH)),
    FALCON(Set.of("falcon"), List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", Expressions.GPT2, "[0-9][0-9][0-9]")),
    /** What llama.cpp does with files that name nothing. */
    DEFAULT(Set.of("default"), List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", Expressions.GPT2, "\\p{N}+", "[0-9][0-9][0-9]"));

    /** Parts the expressions share. */
    private static final class Expressions {
        static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
        static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|";
        static final String WORDS = "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
        static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        static final String REST_WITH_SLASH = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        static final String LLAMA3 = CONTRACTIONS + WORDS + "\\p{N}{1,3}" + REST;
        static final String SUFFIX = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
        /** Words that end in lower case, then words that begin in upper case; each takes a suffix. */
        static final String CASED_WORDS = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
                + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+%s|"
                + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
                + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*%s|";

        private Expressions() {}
    }

    @SuppressWarnings("ImmutableEnumChecker") // Set.of, List.of
    private final Set<String> names;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> expressions;

    PreTokenizer(Set<String> names, List<String> expressions) {
        this.names = names;
        this.expressions = expressions;
    }

    /** The pre-tokenizer called {@code name}, or empty if the name is not known. */
    static Optional<PreTokenizer> named(String name) {
        return Arrays.stream(values())
                .filter(value -> value.names.contains(name))
                .findFirst();
    }

    /** Whether words that are tokens are taken whole, whatever the merges say. */
    boolean ignoresMerges() {
        return this == LLAMA3 || this == TEKKEN;
    }

    /** Whether a begin-of-sequence token is added when the file does not say. */
    boolean addsBos() {
        return this == LLAMA3 || this == TEKKEN;
    }

    /** Whether text is brought to Unicode's form NFC first. */
    boolean composes() {
        return this == QWEN2;
    }

    /** The {@code pre_tokenizer} of {@code tokenizer.json}: the cuts, then bytes to the byte alphabet. */
    ObjectNode json() {
        ObjectNode sequence = JsonFiles.MAPPER.createObjectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("pretokenizers");
        for (String expression : expressions) {
            ObjectNode split = steps.addObject().put("type", "Split");
            split.putObject("pattern").put("Regex", expression);
            split.put("behavior", "Isolated").put("invert", false);
        }
        steps.add(byteLevel(false));
        return sequence;
    }

    /** The step, or decoder, that writes bytes as GPT-2's printable characters. */
    static ObjectNode byteLevel(boolean addPrefixSpace) {
        return JsonFiles.MAPPER
                .createObjectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", addPrefixSpace)
                .put("trim_offsets", true)
                .put("use_regex", false);
    }
}
