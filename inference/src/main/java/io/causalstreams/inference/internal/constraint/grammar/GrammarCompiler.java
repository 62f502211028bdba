package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import io.causalstreams.inference.internal.constraint.mask.VocabularyTrie;
import io.causalstreams.inference.internal.constraint.schema.SchemaOptions;
import java.util.regex.Pattern;

/** Compiles grammars and structural tags for one vocabulary. Threading: any thread. */
public final class GrammarCompiler {

    private static final Pattern GBNF_RULE = Pattern.compile("^\\s*[A-Za-z0-9_-]+\\s*::=", Pattern.MULTILINE);

    private final VocabularyTrie trie;
    private final TokenNames tokens;

    public GrammarCompiler(Vocabulary vocabulary, VocabularyTrie trie) {
        this.trie = trie;
        this.tokens = new TokenNames(vocabulary);
    }

    /**
     * A grammar in GBNF if a rule in it has a {@code ::=}, else in Lark.
     *
     * @param field the wire field it came in, for errors while it is followed
     * @param schemaOptions of JSON schemas in it
     * @param expressions new
     * @throws UnsupportedConstraintException if it is malformed, uses what is not supported, or is too large
     */
    public TokenConstraint grammar(String text, String field, SchemaOptions schemaOptions, Expressions expressions) {
        GrammarDefinition definition = GBNF_RULE.matcher(text).find()
                ? GbnfReader.read(text, expressions, tokens)
                : LarkReader.read(text, expressions, tokens, schemaOptions);
        return compile(definition, expressions, field);
    }

    /**
     * Free text with constrained spans between tags.
     *
     * @param field the wire field it came in, for errors while it is followed
     * @param schemaOptions of JSON schemas in it
     * @param expressions new
     * @throws UnsupportedConstraintException if it is malformed, uses what is not supported, or is too large
     */
    public TokenConstraint structuralTag(
            String json, String field, SchemaOptions schemaOptions, Expressions expressions) {
        return compile(StructuralTagReader.read(json, expressions, tokens, schemaOptions), expressions, field);
    }

    private TokenConstraint compile(GrammarDefinition definition, Expressions expressions, String field) {
        return new CompiledGrammar(field, GrammarBuilder.build(definition, expressions), expressions, trie);
    }
}
