package io.causalstreams.inference.internal.constraint;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.grammar.GrammarCompiler;
import io.causalstreams.inference.internal.constraint.mask.CompiledConstraint;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import io.causalstreams.inference.internal.constraint.mask.VocabularyTrie;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.PatternParser;
import io.causalstreams.inference.internal.constraint.schema.JsonGrammar;
import io.causalstreams.inference.internal.constraint.schema.SchemaCompiler;
import io.causalstreams.inference.internal.constraint.schema.SchemaOptions;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles {@link OutputConstraint}s to token masks over one vocabulary and keeps the last {@value #MAX_CACHED}, but
 * none that holds much of a text to copy from: such a one is of one prompt.
 *
 * <p>Memory: the vocabulary's trie once (about 12 bytes per node, twice as many nodes as tokens); a compiled constraint grows
 * with use up to about 8 MB, whatever the schema; what it can copy takes up to about 50 MB more, and 5 MB if it is kept.
 * Threading: any thread; compiling takes milliseconds to, for the greatest accepted schemas, about a second, so it belongs
 * neither on the engine's thread nor on one that must not wait.
 */
public final class ConstraintCompiler {

    private static final int MAX_CACHED = 32;
    private static final int MAX_TEXT = 1 << 18;

    /** {@link Expressions#copied} of a constraint that is kept: 20 properties of a text of 1,000 words, say. */
    private static final long MAX_CACHED_COPIED = 4_000_000;

    private final VocabularyTrie trie;
    private final GrammarCompiler grammars;
    private final SchemaOptions options;

    @SuppressWarnings("serial") // never serialized
    private final Map<OutputConstraint, TokenConstraint> cache = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<OutputConstraint, TokenConstraint> eldest) {
            return size() > MAX_CACHED;
        }
    };

    public ConstraintCompiler(Tokenizer tokenizer) {
        this(Vocabulary.of(tokenizer));
    }

    public ConstraintCompiler(Vocabulary vocabulary) {
        this(vocabulary, SchemaOptions.DEFAULT);
    }

    public ConstraintCompiler(Vocabulary vocabulary, SchemaOptions options) {
        this.options = options;
        this.trie = new VocabularyTrie(vocabulary);
        this.grammars = new GrammarCompiler(vocabulary, trie);
    }

    /**
     * The constraint over this vocabulary, its first mask already computed.
     *
     * @throws GenerationException.Invalid if the constraint is malformed, uses what is not supported, is too large, or cannot
     *     be written with this vocabulary; {@code parameter()} is the wire field
     */
    public TokenConstraint compile(OutputConstraint constraint) {
        synchronized (cache) {
            TokenConstraint known = cache.get(constraint);
            if (known != null) {
                return known;
            }
        }
        Expressions expressions = new Expressions(trie.singleBytes());
        TokenConstraint compiled = compileAnew(constraint, expressions);
        compiled.start().allowed();
        if (expressions.copied() <= MAX_CACHED_COPIED) {
            synchronized (cache) {
                cache.put(constraint, compiled);
            }
        }
        return compiled;
    }

    private TokenConstraint compileAnew(OutputConstraint constraint, Expressions expressions) {
        String field = constraint.field();
        try {
            if (!(constraint instanceof OutputConstraint.Verbatim verbatim)) {
                return compile(constraint, options, SchemaOptions.DEFAULT, expressions);
            }
            List<String> texts = verbatim.texts();
            return compile(
                    verbatim.form(), options.withTexts(texts), SchemaOptions.DEFAULT.withTexts(texts), expressions);
        } catch (UnsupportedConstraintException e) {
            throw new GenerationException.Invalid(field, field + ": " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new GenerationException.Invalid(field, field + ": it is too deeply nested; make it flatter");
        }
    }

    /** @param inGrammars options of schemas in grammars and tags, where nothing beyond what is declared is written */
    private TokenConstraint compile(
            OutputConstraint constraint, SchemaOptions schemas, SchemaOptions inGrammars, Expressions expressions) {
        String field = constraint.field();
        if (constraint instanceof OutputConstraint.Grammar grammar) {
            checkLength(grammar.grammar().length());
            return grammars.grammar(grammar.grammar(), field, inGrammars, expressions);
        } else if (constraint instanceof OutputConstraint.StructuralTag tag) {
            checkLength(tag.tag().length());
            return grammars.structuralTag(tag.tag(), field, inGrammars, expressions);
        }
        return new CompiledConstraint(field, grammarOf(constraint, schemas, expressions), expressions, trie);
    }

    private static Expression grammarOf(OutputConstraint constraint, SchemaOptions schemas, Expressions expressions) {
        Expression grammar;
        if (constraint instanceof OutputConstraint.JsonObject) {
            grammar = new JsonGrammar(expressions).anyObject();
        } else if (constraint instanceof OutputConstraint.JsonSchema schema) {
            checkLength(schema.schema().length());
            grammar = SchemaCompiler.compile(schema.schema(), schemas, expressions);
        } else if (constraint instanceof OutputConstraint.Choice choice) {
            grammar = choice(choice.choices(), expressions);
        } else {
            grammar = regex(((OutputConstraint.Regex) constraint).pattern(), expressions);
        }
        if (grammar == Expressions.NEVER) {
            throw new UnsupportedConstraintException("no text meets it");
        }
        return grammar;
    }

    private static Expression choice(List<String> choices, Expressions expressions) {
        if (choices.isEmpty()) {
            throw new UnsupportedConstraintException("choice is empty; give at least one string");
        }
        checkLength(choices.stream().mapToLong(String::length).sum());
        for (String text : choices) {
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
                throw new UnsupportedConstraintException("a choice has half of a surrogate pair");
            }
        }
        return choices.stream().allMatch(String::isEmpty)
                ? Expressions.EMPTY
                : expressions.lexeme(expressions.literals(choices));
    }

    private static Expression regex(String pattern, Expressions expressions) {
        checkLength(pattern.length());
        return expressions.lexeme(PatternParser.parseFull(pattern).toExpression(expressions, CharacterEncoding.TEXT));
    }

    private static void checkLength(long length) {
        if (length > MAX_TEXT) {
            throw new UnsupportedConstraintException("it has " + length + " characters; the limit is " + MAX_TEXT);
        }
    }
}
