package io.causalstreams.inference.internal.constraint.grammar;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.internal.constraint.expression.ByteSet;
import io.causalstreams.inference.internal.constraint.expression.ByteTable;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.expression.Words;
import io.causalstreams.inference.internal.constraint.grammar.LarkToken.Kind;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Choice;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Conjunction;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Count;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Definition;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Leaf;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Negation;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Part;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Range;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Row;
import io.causalstreams.inference.internal.constraint.grammar.LarkTree.Substring;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.CodePoints;
import io.causalstreams.inference.internal.constraint.pattern.PatternParser;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns the terminals of a Lark grammar into regular languages. */
final class LarkTerminals {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final SourceText text;
    private final LarkParser parser;
    private final Expressions expressions;
    private final Map<String, Language> known = new HashMap<>();
    private final Set<String> open = new HashSet<>();

    /** @param unexplored whether it has intersections or complements, of which one cannot see yet whether they are empty */
    record Language(Expression expression, boolean unexplored) {}

    LarkTerminals(SourceText text, LarkParser parser, Expressions expressions) {
        this.text = text;
        this.parser = parser;
        this.expressions = expressions;
    }

    /** The language as it can be run: narrowed to what the vocabulary can write, without dead ends. */
    Expression finished(Language language) {
        if (!language.unexplored()) {
            return language.expression();
        }
        Expression writable = expressions.repetition(expressions.bytes(ByteSet.ALL), 0, Expression.UNBOUNDED);
        return ByteTable.explore(expressions.intersection(language.expression(), writable), expressions);
    }

    Language either(List<Language> languages) {
        return new Language(
                expressions.union(languages.stream().map(Language::expression).toList()), anyUnexplored(languages));
    }

    Language inRow(List<Language> languages) {
        return new Language(
                expressions.sequence(
                        languages.stream().map(Language::expression).toArray(Expression[]::new)),
                anyUnexplored(languages));
    }

    private static boolean anyUnexplored(List<Language> languages) {
        return languages.stream().anyMatch(Language::unexplored);
    }

    Language language(Part part) {
        if (part instanceof Choice choice) {
            return either(languages(choice.branches()));
        } else if (part instanceof Row row) {
            return inRow(languages(row.parts()));
        } else if (part instanceof Conjunction conjunction) {
            Expression all = languages(conjunction.parts()).stream()
                    .map(Language::expression)
                    .reduce(expressions::intersection)
                    .orElseThrow();
            return new Language(all, true);
        } else if (part instanceof Negation negation) {
            return new Language(expressions.complement(language(negation.body()).expression()), true);
        } else if (part instanceof Count count) {
            Language body = language(count.body());
            return new Language(expressions.repetition(body.expression(), count.min(), count.max()), body.unexplored());
        } else if (part instanceof Range range) {
            return new Language(range(range), false);
        } else if (part instanceof Substring substring) {
            return new Language(substring(substring.json()), false);
        }
        return leaf(((Leaf) part).token());
    }

    private List<Language> languages(List<Part> parts) {
        return parts.stream().map(this::language).toList();
    }

    private Language leaf(LarkToken token) {
        return switch (token.kind()) {
            case TERMINAL -> named(token);
            case STRING -> new Language(LarkStrings.language(token, text, expressions), false);
            case REGEX -> new Language(regex(token), false);
            default -> throw text.error("'" + token.text() + "' cannot be used in a terminal", token.position());
        };
    }

    private Language named(LarkToken token) {
        String name = token.text();
        Language language = known.get(name);
        if (language == null) {
            if (!open.add(name)) {
                throw text.error("terminal '" + name + "' refers to itself", token.position());
            }
            language = define(token);
            open.remove(name);
            known.put(name, language);
        }
        return language;
    }

    private Language define(LarkToken token) {
        Definition definition = parser.definition(token.text());
        if (definition != null) {
            return language(definition.body());
        }
        LarkToken imported = parser.imports.get(token.text());
        if (imported == null) {
            throw text.error("terminal '" + token.text() + "' is not defined", token.position());
        }
        String pattern = LarkLibrary.find(imported.text());
        if (pattern == null) {
            throw text.error("'common' has no terminal '" + imported.text() + "'", imported.position());
        }
        return new Language(PatternParser.parseFull(pattern).toExpression(expressions, CharacterEncoding.TEXT), false);
    }

    private Expression regex(LarkToken token) {
        int end = token.text().lastIndexOf('/');
        String flags = token.text().substring(end + 1);
        for (int i = 0; i < flags.length(); i++) {
            if ("isu".indexOf(flags.charAt(i)) < 0) {
                throw text.error(
                        "the flag '" + flags.charAt(i) + "' of a regular expression is not supported",
                        token.position());
            }
        }
        try {
            return PatternParser.parseRust(token.text().substring(1, end), flags)
                    .toExpression(expressions, CharacterEncoding.TEXT);
        } catch (UnsupportedConstraintException e) {
            throw text.error(String.valueOf(e.getMessage()), token.position());
        }
    }

    private Expression range(Range range) {
        int first = character(range.first());
        int last = character(range.last());
        if (last < first) {
            throw text.error(
                    "the range's end is before its beginning", range.first().position());
        }
        return CharacterEncoding.TEXT.encode(CodePoints.range(first, last), expressions);
    }

    private int character(LarkToken token) {
        String value = token.kind() == Kind.STRING ? LarkStrings.value(token, text) : "";
        if (value.codePointCount(0, value.length()) != 1) {
            throw text.error("one character is expected, not '" + token.text() + "'", token.position());
        }
        return value.codePointAt(0);
    }

    /** Any chunks in a row of those in a list. */
    private Expression substring(LarkToken json) {
        List<String> chunks;
        try {
            chunks = LarkStrings.chunks(MAPPER.readTree(json.text()), json, text);
        } catch (JsonProcessingException e) {
            throw text.error("JSON is expected", json.position());
        }
        Words words = expressions.words();
        chunks.stream()
                .map(chunk -> chunk.getBytes(StandardCharsets.UTF_8))
                .filter(chunk -> chunk.length > 0)
                .forEach(words::addWord);
        return expressions.optional(expressions.runs(words));
    }
}
