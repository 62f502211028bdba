package io.causalstreams.inference.internal.answer;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether an answer that begins without a tag is a call: Llama's JSON and its Python list need none. */
enum BareCall {
    YES,
    PERHAPS,
    NO;

    private static final Pattern JSON = Pattern.compile(
            "\\s*\\{\\s*(\"type\"\\s*:\\s*\"function\"\\s*,\\s*)?\"(?:name|function)\"\\s*:\\s*\"(?<name>[^\"]*)(?<whole>\")?");
    private static final Pattern PYTHON = Pattern.compile("\\s*\\[\\s*(?<name>\\w*)(?<whole>\\()?");

    static BareCall of(AnswerSyntax.Calls syntax, CharSequence text, Set<String> tools) {
        return switch (syntax) {
            case LLAMA -> match(JSON.matcher(text), text, tools);
            case PYTHON -> match(PYTHON.matcher(text), text, tools);
            case HERMES, MISTRAL, GRANITE, OLMO -> NO;
        };
    }

    private static BareCall match(Matcher matcher, CharSequence text, Set<String> tools) {
        if (!matcher.lookingAt()) {
            return matcher.hitEnd() ? PERHAPS : NO;
        }
        String name = matcher.group("name");
        if (matcher.group("whole") != null) {
            return tools.contains(name) ? YES : NO;
        }
        boolean begins = tools.stream().anyMatch(tool -> tool.startsWith(name));
        return begins && matcher.end() == text.length() ? PERHAPS : NO;
    }
}
