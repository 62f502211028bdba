package io.causalstreams.inference.internal.text;

import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Keeps names of special tokens in messages apart from those a template writes.
 *
 * <p>A name in a message goes through the template between two marks and comes out as a part that is not control. Only
 * the names are marked, so a template may trim, split or search a message as it likes. The marks are Unicode
 * noncharacters, which exist for use inside of a process and that no message holds. Immutable.
 */
final class ControlNames {
    private static final char FIRST_MARK = '\uFDD0';
    private static final char LAST_MARK = '\uFDEE';

    private final Pattern names;

    ControlNames(Collection<String> names) {
        this.names = alternatives(names);
    }

    boolean occurIn(String text) {
        return names.matcher(text).find();
    }

    /** Two consecutive marks that none of the texts holds; the first opens, the second closes. */
    static char freeMark(Collection<String> texts) {
        for (int candidate = FIRST_MARK; candidate < LAST_MARK; candidate += 2) {
            char mark = (char) candidate;
            if (texts.stream().noneMatch(text -> text.indexOf(mark) >= 0 || text.indexOf(mark + 1) >= 0)) {
                return mark;
            }
        }
        return FIRST_MARK;
    }

    String mark(String text, char mark) {
        return names.matcher(text)
                .replaceAll(name -> Matcher.quoteReplacement(mark + name.group() + (char) (mark + 1)));
    }

    /** The parts of a text rendered from marked messages; the marks are gone. */
    List<TemplatePart> unmark(String rendered, char mark) {
        String open = String.valueOf(mark);
        String close = String.valueOf((char) (mark + 1));
        Pattern marked = Pattern.compile(open + "(" + names.pattern() + ")" + close);
        return parts(rendered, marked).stream()
                .map(part -> new TemplatePart(part.text().replace(open, "").replace(close, ""), part.control()))
                .toList();
    }

    /** The parts of a text when a template changes with the marks: wherever a message stands as it is, it is plain. */
    static List<TemplatePart> verbatim(String rendered, Collection<String> messages) {
        return parts(rendered, alternatives(messages.stream().map(String::strip).toList()));
    }

    private static List<TemplatePart> parts(String text, Pattern plain) {
        List<TemplatePart> parts = new ArrayList<>();
        int end = 0;
        for (MatchResult match : plain.matcher(text).results().toList()) {
            parts.add(new TemplatePart(text.substring(end, match.start()), true));
            parts.add(new TemplatePart(match.group(), false));
            end = match.end();
        }
        parts.add(new TemplatePart(text.substring(end), true));
        return parts;
    }

    /** Any of the texts, the longest first; nothing if there are none. */
    private static Pattern alternatives(Collection<String> texts) {
        String alternatives = texts.stream()
                .filter(Predicate.not(String::isEmpty))
                .sorted(Comparator.comparingInt(text -> -text.length()))
                .map(Pattern::quote)
                .collect(Collectors.joining("|"));
        return Pattern.compile(alternatives.isEmpty() ? "(?!)" : alternatives);
    }
}
