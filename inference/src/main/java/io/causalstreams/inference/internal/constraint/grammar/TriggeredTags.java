package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.grammar.Node.Alternatives;
import io.causalstreams.inference.internal.constraint.grammar.Node.Reference;
import io.causalstreams.inference.internal.constraint.grammar.Node.Regular;
import io.causalstreams.inference.internal.constraint.grammar.Node.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Free text in which a trigger is followed by what it stands for.
 *
 * <p>As a grammar: {@code text → free | free-until-trigger rest-of-the-tag text}, a right recursion, which costs the parser
 * nothing. A trigger that begins with a special token is that token; it cannot occur in free text otherwise.
 */
final class TriggeredTags {

    private final TagTexts texts;
    private final FreeText free;
    private final Function<Function<Reference, Node>, Reference> rules;

    /**
     * A tag.
     *
     * @param begin its first text
     * @param rest what follows that
     */
    record Tag(String begin, Node rest) {}

    /** @param rules makes a rule of a body that may refer to it */
    TriggeredTags(TagTexts texts, FreeText free, Function<Function<Reference, Node>, Reference> rules) {
        this.texts = texts;
        this.free = free;
        this.rules = rules;
    }

    /** @param format has {@code triggers}, and may have {@code at_least_one}, {@code stop_after_first}, {@code excludes} */
    Node node(TagField format, List<Tag> tags, Ending ending) {
        Map<String, List<Node>> byTrigger = new LinkedHashMap<>();
        List<Node> whole = new ArrayList<>();
        List<String> triggers = format.texts("triggers");
        for (Tag tag : tags) {
            String trigger = triggerOf(tag, triggers, format);
            byTrigger
                    .computeIfAbsent(trigger, t -> new ArrayList<>())
                    .add(new Series(texts.node(tag.begin().substring(trigger.length())), tag.rest()));
            whole.add(new Series(texts.node(tag.begin()), tag.rest()));
        }
        for (String trigger : triggers) {
            if (!byTrigger.containsKey(trigger)) {
                throw format.error("triggers", "holds '" + trigger + "', with which no tag begins");
            }
        }
        if (tags.isEmpty()) {
            throw format.error("triggers", "has no tags");
        }
        boolean once = format.flag("stop_after_first");
        if (format.flag("at_least_one")) {
            Node then = once ? ending.node(texts) : loop(format, byTrigger, ending, false);
            return new Series(new Alternatives(whole), then);
        }
        return loop(format, byTrigger, ending, once);
    }

    private static String triggerOf(Tag tag, List<String> triggers, TagField format) {
        return triggers.stream()
                .filter(trigger -> tag.begin().startsWith(trigger))
                .findFirst()
                .orElseThrow(() -> format.error("triggers", "has none that '" + tag.begin() + "' begins with"));
    }

    /** @param format has {@code loop} and may have {@code excludes} */
    Node dispatch(TagField format, List<Tag> tags, Ending ending) {
        Map<String, List<Node>> byTrigger = new LinkedHashMap<>();
        tags.forEach(tag ->
                byTrigger.computeIfAbsent(tag.begin(), t -> new ArrayList<>()).add(tag.rest()));
        return loop(format, byTrigger, ending, format.has("loop") && !format.flag("loop"));
    }

    private Node loop(TagField format, Map<String, List<Node>> byTrigger, Ending ending, boolean once) {
        List<String> avoided = new ArrayList<>(format.texts("excludes"));
        byTrigger.keySet().stream()
                .filter(trigger -> !texts.hasSpecial(trigger))
                .forEach(avoided::add);
        List<String> insideAvoided = new ArrayList<>(avoided);
        insideAvoided.addAll(ending.plain(texts));
        return rules.apply(loop -> {
            List<Node> branches = new ArrayList<>(List.of(ending.after(free, avoided, texts)));
            byTrigger.forEach((trigger, rests) -> branches.add(new Series(
                    untilTrigger(trigger, insideAvoided, format),
                    new Alternatives(rests),
                    once ? ending.node(texts) : loop)));
            return new Alternatives(branches);
        });
    }

    private Node untilTrigger(String trigger, List<String> avoided, TagField format) {
        if (texts.leadingSpecial(trigger) != null) {
            return new Series(new Regular(free.without(avoided)), texts.node(trigger));
        } else if (texts.hasSpecial(trigger)) {
            throw format.error("triggers", "'" + trigger + "' has a special token behind text; begin with the token");
        }
        return new Regular(free.until(trigger, avoided));
    }
}
