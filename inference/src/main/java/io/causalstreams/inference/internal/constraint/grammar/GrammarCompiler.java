package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.Expressions;
import io.causalstreams.inference.internal.constraint.TokenConstraint;
import io.causalstreams.inference.internal.constraint.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.Vocabulary;
import io.causalstreams.inference.internal.constraint.VocabularyTrie;

/** Compiles grammars for one vocabulary. Threading: any thread. */
public final class GrammarCompiler {

    private final VocabularyTrie trie;
    private final TokenNames tokens;

    public GrammarCompiler(Vocabulary vocabulary, VocabularyTrie trie) {
        this.trie = trie;
        this.tokens = new TokenNames(vocabulary);
    }

    /**
     * A grammar in GBNF if it has a {@code ::=}, else in Lark.
     *
     * @param field the wire field it came in, for errors while it is followed
     * @throws UnsupportedConstraintException if it is malformed, uses what is not supported, or is too large
     */
    public TokenConstraint grammar(String text, String field) {
        Expressions expressions = new Expressions(trie.singleBytes());
        return compile(GbnfReader.read(text, expressions, tokens), expressions, field);
    }

    private TokenConstraint compile(GrammarDefinition definition, Expressions expressions, String field) {
        return new CompiledGrammar(field, GrammarBuilder.build(definition, expressions), expressions, trie);
    }
}
