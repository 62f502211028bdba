package io.causalstreams.inference.internal.constraint.grammar;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import io.causalstreams.inference.internal.constraint.grammar.Node.Alternatives;
import io.causalstreams.inference.internal.constraint.grammar.Node.Json;
import io.causalstreams.inference.internal.constraint.grammar.Node.Reference;
import io.causalstreams.inference.internal.constraint.grammar.Node.Regular;
import io.causalstreams.inference.internal.constraint.grammar.Node.Repeated;
import io.causalstreams.inference.internal.constraint.grammar.Node.Series;
import io.causalstreams.inference.internal.constraint.grammar.Node.Tokens;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.PatternParser;
import io.causalstreams.inference.internal.constraint.schema.Notation;
import io.causalstreams.inference.internal.constraint.schema.SchemaCompiler;
import io.causalstreams.inference.internal.constraint.schema.SchemaOptions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads structural tags: {@code structures} and {@code triggers}, as vLLM writes them, or a {@code format}, as XGrammar does
 * ({@code docs/structural_tag/structural_tag.md} there). What is not supported is refused by its path.
 */
final class StructuralTagReader {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MAX_DEPTH = 50;
    private static final Set<String> STYLES = Set.of("json", "arguments", "python_arguments");

    private final Expressions expressions;
    private final TokenNames tokens;
    private final SchemaOptions schemaOptions;
    private final TagTexts texts;
    private final FreeText free;
    private final TriggeredTags triggered;
    private final Map<String, Node> rules = new LinkedHashMap<>();

    /** Tools' schemas stand at several places: alone, and behind other calls. */
    private final Map<StyledSchema, Node> schemas = new HashMap<>();

    private int depth;
    private int parts;

    private record StyledSchema(JsonNode schema, String style) {}

    private StructuralTagReader(Expressions expressions, TokenNames tokens, SchemaOptions schemaOptions) {
        this.expressions = expressions;
        this.tokens = tokens;
        this.schemaOptions = schemaOptions;
        this.texts = new TagTexts(expressions, tokens);
        this.free = new FreeText(expressions);
        this.triggered = new TriggeredTags(texts, free, this::newRule);
    }

    /** @throws UnsupportedConstraintException if it is malformed or uses what is not supported */
    static GrammarDefinition read(
            String json, Expressions expressions, TokenNames tokens, SchemaOptions schemaOptions) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UnsupportedConstraintException("the structural tag is not JSON: " + e.getOriginalMessage());
        }
        return new StructuralTagReader(expressions, tokens, schemaOptions)
                .grammar(new TagField(root, "structural_tag"));
    }

    private GrammarDefinition grammar(TagField tag) {
        Node start;
        if (tag.has("format")) {
            tag.allow(Set.of("format"));
            start = node(tag.object("format"), Ending.NONE);
        } else {
            tag.allow(Set.of("structures", "triggers"));
            start = structures(tag);
        }
        rules.put("start", start);
        return new GrammarDefinition(rules, "start", false, Expressions.NEVER);
    }

    private Node structures(TagField tag) {
        List<TriggeredTags.Tag> all = new ArrayList<>();
        for (TagField structure : tag.objects("structures")) {
            structure.allow(Set.of("begin", "schema", "end"));
            all.add(new TriggeredTags.Tag(
                    structure.text("begin"),
                    new Series(schema(structure, "schema", "json"), texts.node(structure.text("end")))));
        }
        return triggered.node(tag, all, Ending.NONE);
    }

    /** @param ending what follows the format and ends free text in it; it becomes a part of the result */
    private Node node(TagField format, Ending ending) {
        if (++depth > MAX_DEPTH) {
            throw new UnsupportedConstraintException(format.path() + " is nested deeper than " + MAX_DEPTH);
        }
        Node node = endsItself(format) ? ended(format, ending) : new Series(plain(format), ending.node(texts));
        depth--;
        return node;
    }

    /** Whether free text in the format may stand right in front of what follows it. */
    private static boolean endsItself(TagField format) {
        return Set.of("any_text", "any_tokens", "sequence", "or", "triggered_tags", "dispatch")
                .contains(format.text("type"));
    }

    private Node ended(TagField format, Ending ending) {
        return switch (format.text("type")) {
            case "any_text" -> {
                format.allow(Set.of("excludes"));
                yield ending.after(free, format.texts("excludes"), texts);
            }
            case "any_tokens" -> {
                format.allow(Set.of("exclude_tokens"));
                BitSet excluded = tokenSet(format, "exclude_tokens");
                excluded.or(ending.tokens());
                yield new Series(new Repeated(new Tokens(tokens.except(excluded)), 0, UNBOUNDED), ending.node(texts));
            }
            case "or" -> {
                format.allow(Set.of("elements"));
                yield new Alternatives(format.objects("elements").stream()
                        .map(element -> node(element, ending))
                        .toList());
            }
            case "triggered_tags" -> {
                format.allow(Set.of("triggers", "tags", "at_least_one", "stop_after_first", "excludes"));
                List<TriggeredTags.Tag> all = new ArrayList<>();
                for (TagField tag : format.objects("tags")) {
                    all.add(new TriggeredTags.Tag(tag.text("begin"), content(tag)));
                }
                yield triggered.node(format, all, ending);
            }
            case "dispatch" -> {
                format.allow(Set.of("rules", "loop", "excludes"));
                yield triggered.dispatch(format, dispatched(format), ending);
            }
            default -> sequence(format, ending);
        };
    }

    private List<TriggeredTags.Tag> dispatched(TagField format) {
        List<TriggeredTags.Tag> all = new ArrayList<>();
        for (JsonNode rule : format.list("rules")) {
            String path = format.path() + ".rules[" + all.size() + "]";
            if (rule.size() != 2 || !rule.path(0).isTextual()) {
                throw new UnsupportedConstraintException(path + " must be a string and a format");
            }
            all.add(new TriggeredTags.Tag(
                    rule.path(0).textValue(), node(new TagField(rule.path(1), path + "[1]"), Ending.NONE)));
        }
        return all;
    }

    private Node sequence(TagField format, Ending ending) {
        format.allow(Set.of("elements"));
        List<TagField> elements = format.objects("elements");
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            boolean last = i == elements.size() - 1;
            nodes.add(node(elements.get(i), last ? ending : Ending.NONE));
        }
        if (elements.isEmpty()) {
            nodes.add(ending.node(texts));
        }
        return new Series(nodes);
    }

    private Node plain(TagField format) {
        String type = format.text("type");
        return switch (type) {
            case "const_string" -> {
                format.allow(Set.of("value"));
                yield texts.node(format.text("value"));
            }
            case "json_schema" -> {
                if (format.flag("any_order")) {
                    throw format.error("any_order", "is not supported");
                }
                format.allow(Set.of("json_schema", "style", "any_order"));
                yield schema(format, "json_schema", format.has("style") ? format.text("style") : "json");
            }
            case "regex" -> {
                format.allow(Set.of("pattern"));
                yield new Regular(PatternParser.parseFull(format.text("pattern"))
                        .toExpression(expressions, CharacterEncoding.TEXT));
            }
            case "grammar" -> {
                format.allow(Set.of("grammar"));
                yield grammar(format.text("grammar"));
            }
            case "tag" -> new Series(begin(format), content(format));
            case "optional", "star", "plus", "repeat" -> repeated(format, type);
            case "tags_with_separator" -> separated(format);
            case "token" -> {
                format.allow(Set.of("token"));
                yield new Tokens(
                        TokenNames.only(token(format, "token", format.json().path("token"))));
            }
            case "exclude_token" -> {
                format.allow(Set.of("exclude_tokens"));
                yield new Tokens(tokens.except(tokenSet(format, "exclude_tokens")));
            }
            default -> throw format.error("type", "'" + type + "' is not supported");
        };
    }

    /**
     * @param style {@code json}; or the object as the arguments of a call by name, {@code arguments} with values in JSON,
     *     {@code python_arguments} as Python's literals
     */
    private Node schema(TagField format, String field, String style) {
        JsonNode schema = format.json().path(field);
        if (!schema.isObject() && !schema.isBoolean()) {
            throw format.error(field, "must be a JSON Schema");
        }
        if (!STYLES.contains(style)) {
            throw format.error("style", "'" + style + "' is not supported");
        }
        Node known = schemas.get(new StyledSchema(schema, style));
        if (known != null) {
            return known;
        }
        try {
            String json = schema.toString();
            Node node = new Json(
                    switch (style) {
                        case "arguments" -> SchemaCompiler.arguments(json, Notation.JSON, schemaOptions, expressions);
                        case "python_arguments" ->
                            SchemaCompiler.arguments(json, Notation.PYTHON, schemaOptions, expressions);
                        default -> SchemaCompiler.compile(json, schemaOptions, expressions);
                    });
            schemas.put(new StyledSchema(schema, style), node);
            return node;
        } catch (UnsupportedConstraintException e) {
            throw new UnsupportedConstraintException(format.path() + "." + field + ": " + e.getMessage());
        }
    }

    /** A grammar of its own: its rules get names of their own. */
    private Node grammar(String gbnf) {
        GrammarDefinition inner = GbnfReader.read(gbnf, expressions, tokens);
        String prefix = "grammar " + parts++ + " ";
        inner.rules().forEach((name, body) -> rules.put(prefix + name, renamed(body, prefix)));
        return new Reference(prefix + inner.start());
    }

    private static Node renamed(Node node, String prefix) {
        if (node instanceof Reference reference) {
            return new Reference(prefix + reference.rule());
        } else if (node instanceof Series series) {
            return new Series(
                    series.parts().stream().map(part -> renamed(part, prefix)).toList());
        } else if (node instanceof Alternatives alternatives) {
            return new Alternatives(alternatives.branches().stream()
                    .map(branch -> renamed(branch, prefix))
                    .toList());
        } else if (node instanceof Repeated repeated) {
            return new Repeated(renamed(repeated.body(), prefix), repeated.min(), repeated.max());
        }
        return node;
    }

    private Node begin(TagField tag) {
        return tag.json().path("begin").isObject()
                ? node(tag.object("begin"), Ending.NONE)
                : texts.node(tag.text("begin"));
    }

    /** The content of a tag, with its end. */
    private Node content(TagField tag) {
        tag.allow(Set.of("begin", "content", "end"));
        JsonNode end = tag.json().path("end");
        if (end.isArray()) {
            return node(tag.object("content"), Ending.texts(tag.texts("end")));
        } else if (end.isObject()) {
            TagField token = tag.object("end");
            return node(
                    tag.object("content"),
                    Ending.token(token(token, "token", token.json().path("token"))));
        }
        String text = tag.text("end");
        return node(tag.object("content"), text.isEmpty() ? Ending.NONE : Ending.texts(List.of(text)));
    }

    private Node repeated(TagField format, String type) {
        boolean counted = type.equals("repeat");
        format.allow(counted ? Set.of("content", "min", "max") : Set.of("content"));
        Node body = node(format.object("content"), Ending.NONE);
        int min = counted ? format.number("min") : type.equals("plus") ? 1 : 0;
        int max = counted ? format.number("max") : type.equals("optional") ? 1 : UNBOUNDED;
        max = max == -1 ? UNBOUNDED : max;
        if (min < 0 || max < min) {
            throw format.error("max", "must be -1 or at least min, and min at least 0");
        }
        return new Repeated(body, min, max);
    }

    private Node separated(TagField format) {
        format.allow(Set.of("tags", "separator", "at_least_one", "stop_after_first"));
        List<Node> tags = new ArrayList<>();
        for (TagField tag : format.objects("tags")) {
            tags.add(new Series(begin(tag), content(tag)));
        }
        Node tag = newRule(self -> new Alternatives(tags));
        Node more = new Repeated(
                new Series(texts.node(format.text("separator")), tag),
                0,
                format.flag("stop_after_first") ? 0 : UNBOUNDED);
        return new Repeated(new Series(tag, more), format.flag("at_least_one") ? 1 : 0, 1);
    }

    private BitSet tokenSet(TagField format, String field) {
        BitSet ids = new BitSet();
        if (format.has(field)) {
            format.list(field).forEach(each -> ids.set(token(format, field, each)));
        }
        return ids;
    }

    private int token(TagField format, String field, JsonNode token) {
        if (token.isTextual()) {
            Integer id = tokens.find(token.textValue());
            if (id != null) {
                return id;
            }
        } else if (token.isIntegralNumber() && token.canConvertToInt()) {
            int id = token.intValue();
            if (id >= 0 && id < tokens.size()) {
                return id;
            }
        }
        throw format.error(field, token + " is not one token of the vocabulary");
    }

    private Reference newRule(Function<Reference, Node> body) {
        Reference reference = new Reference("part " + parts++);
        rules.put(reference.rule(), body.apply(reference));
        return reference;
    }
}
