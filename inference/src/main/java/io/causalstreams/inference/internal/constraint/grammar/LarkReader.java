package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.grammar.LarkTerminals.Language;
import io.causalstreams.inference.internal.constraint.grammar.LarkToken.Kind;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Choice;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Count;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Definition;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Leaf;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Part;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Row;
import io.causalstreams.inference.internal.constraint.grammar.Node.Alternatives;
import io.causalstreams.inference.internal.constraint.grammar.Node.Json;
import io.causalstreams.inference.internal.constraint.grammar.Node.Reference;
import io.causalstreams.inference.internal.constraint.grammar.Node.Regular;
import io.causalstreams.inference.internal.constraint.grammar.Node.Repeated;
import io.causalstreams.inference.internal.constraint.grammar.Node.Series;
import io.causalstreams.inference.internal.constraint.grammar.Node.Tokens;
import io.causalstreams.inference.internal.constraint.schema.SchemaCompiler;
import io.causalstreams.inference.internal.constraint.schema.SchemaOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads grammars in Lark as LLGuidance writes it; the rule {@code start} is the start. Rules are written in lower case and may
 * be recursive; what stands in upper case, strings and regular expressions are terminals.
 */
final class LarkReader {

    private static final String START = "start";

    private final SourceText text;
    private final Expressions expressions;
    private final TokenNames tokens;
    private final SchemaOptions schemaOptions;
    private final LarkParser parser;
    private final LarkTerminals terminals;

    private LarkReader(String grammar, Expressions expressions, TokenNames tokens, SchemaOptions schemaOptions) {
        this.text = new SourceText(grammar);
        this.expressions = expressions;
        this.tokens = tokens;
        this.schemaOptions = schemaOptions;
        this.parser = new LarkParser(text);
        this.terminals = new LarkTerminals(text, parser, expressions);
    }

    /** @throws UnsupportedConstraintException with the position if it is no Lark or uses what is not supported */
    static GrammarDefinition read(
            String grammar, Expressions expressions, TokenNames tokens, SchemaOptions schemaOptions) {
        return new LarkReader(grammar, expressions, tokens, schemaOptions).grammar();
    }

    private GrammarDefinition grammar() {
        if (!parser.definitions.containsKey(START)) {
            throw new UnsupportedConstraintException("rule 'start', the start of a Lark grammar, is not defined");
        }
        Map<String, Node> rules = new LinkedHashMap<>();
        parser.definitions.forEach((name, definition) -> {
            if (isRule(name)) {
                rules.put(name, rule(definition));
            }
        });
        List<Language> ignored =
                parser.ignored.stream().map(terminals::language).toList();
        return new GrammarDefinition(
                rules,
                START,
                true,
                ignored.isEmpty()
                        ? Expressions.NEVER
                        : expressions.lexeme(terminals.finished(terminals.either(ignored))));
    }

    private static boolean isRule(String name) {
        return name.chars().noneMatch(c -> c >= 'A' && c <= 'Z');
    }

    private Node rule(Definition definition) {
        if (!definition.lazy()) {
            return node(definition.body());
        }
        Language body = terminals.language(definition.body());
        Language whole = definition.suffix() == null
                ? body
                : terminals.inRow(List.of(body, terminals.language(definition.suffix())));
        return new Regular(terminals.finished(whole), true);
    }

    private Node node(Part part) {
        if (part instanceof Choice choice) {
            return new Alternatives(nodes(choice.branches()));
        } else if (part instanceof Row row) {
            return new Series(nodes(row.parts()));
        } else if (part instanceof Count count) {
            return new Repeated(node(count.body()), count.min(), count.max());
        } else if (part instanceof Leaf leaf) {
            LarkToken token = leaf.token();
            if (token.kind() == Kind.RULE) {
                return reference(token);
            } else if (token.kind() == Kind.JSON) {
                return new Json(SchemaCompiler.compile(token.text(), schemaOptions, expressions));
            } else if (token.kind() == Kind.SPECIAL) {
                return new Tokens(LarkTokenSets.read(token, text, tokens));
            }
        }
        return new Regular(terminals.finished(terminals.language(part)));
    }

    private List<Node> nodes(List<Part> parts) {
        List<Node> nodes = new ArrayList<>();
        parts.forEach(part -> nodes.add(node(part)));
        return nodes;
    }

    private Node reference(LarkToken token) {
        Definition definition = parser.definition(token.text());
        if (definition == null) {
            throw text.error("rule '" + token.text() + "' is not defined", token.position());
        }
        return new Reference(definition.name());
    }
}
