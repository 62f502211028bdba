package io.causalstreams.inference.internal.constraint.schema;

import io.causalstreams.inference.internal.constraint.pattern.Pattern;
import io.causalstreams.inference.internal.constraint.pattern.PatternParser;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The string formats of JSON Schema as regular expressions. Each is a subset of the format (RFC 3339 for dates and times, RFC
 * 5321 for addresses, and so on) that every validator accepts.
 */
final class Formats {

    private static final String DATE = "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)"
            + "|02-(?:0[1-9]|1\\d|2[0-8]))"
            + "|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
    private static final String TIME =
            "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:0\\d|1[0-7]):[0-5]\\d)";
    private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?";
    private static final String ATOM = "[A-Za-z0-9](?:[A-Za-z0-9_+-]{0,28}[A-Za-z0-9])?";
    private static final String DOMAIN = "(?:" + LABEL + "\\.){1,4}[A-Za-z]{2,16}";

    /** Some validators look the top-level domain of an address up in a list. */
    private static final String TOP_LEVEL =
            "(?:com|org|net|edu|gov|info|biz|io|dev|app|ai|co|me|tv|xyz|tech|online|cloud"
                    + "|shop|store|site|name|pro|eu|us|uk|ca|de|fr|it|es|pt|nl|be|ch|at|se|no|dk|fi|ie|pl|cz|sk|hu|ro|bg|gr|tr|ua|ru"
                    + "|jp|cn|kr|tw|hk|sg|in|id|my|th|vn|ph|au|nz|br|mx|ar|cl|pe|za|ng|ke|eg|ma|il|ae|sa)";

    private static final String IPV4 = "(?:" + BYTE + "\\.){3}" + BYTE;

    private static final String PATH_CHARACTER = "(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})";
    private static final String BEHIND_PATH =
            "(?:\\?(?:" + PATH_CHARACTER + "|[:/?])*)?(?:#(?:" + PATH_CHARACTER + "|[:/?])*)?";

    /** Without counts: what is read of it at any place is one of a few states, so its masks are few. */
    private static final String URI =
            "(?:(?:[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*(?::[1-9]\\d{1,3})?|file://)"
                    + "(?:/(?:" + PATH_CHARACTER + "|:)*)*"
                    + "|(?:urn|mailto|data|tel):(?:" + PATH_CHARACTER + "|[:/])+)" + BEHIND_PATH;

    private static final String REFERENCE = "(?:" + URI + "|(?:/?" + PATH_CHARACTER + "+)*/?" + BEHIND_PATH + ")";

    private static final String DURATION_TIME = "T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)";
    private static final String DURATION = "P(?:\\d+W|(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)(?:"
            + DURATION_TIME + ")?|" + DURATION_TIME + ")";
    private static final String POINTER = "(?:/(?:[^/~]|~[01])*)*";
    private static final String TEMPLATE_NAME = "\\w+(?:\\.\\w+)*(?:\\*|:[1-9]\\d{0,3})?";
    private static final String TEMPLATE = "(?:[A-Za-z0-9._~!$&()*+,;=:@/?#\\[\\]-]|%[0-9A-Fa-f]{2}|\\{[+#./;?&]?"
            + TEMPLATE_NAME + "(?:," + TEMPLATE_NAME + ")*\\})*";

    private static final String EMAIL = ATOM + "(?:\\." + ATOM + ")?@(?:" + LABEL + "\\.){1,4}" + TOP_LEVEL;

    private static final Map<String, String> PATTERNS = Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("date-time", DATE + "T" + TIME),
            Map.entry("duration", DURATION),
            Map.entry("uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
            Map.entry("email", EMAIL),
            Map.entry("idn-email", EMAIL),
            Map.entry("hostname", DOMAIN),
            Map.entry("idn-hostname", DOMAIN),
            Map.entry("ipv4", IPV4),
            Map.entry("ipv6", "(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"),
            Map.entry("uri", URI),
            Map.entry("iri", URI),
            Map.entry("uri-reference", REFERENCE),
            Map.entry("iri-reference", REFERENCE),
            Map.entry("uri-template", TEMPLATE),
            Map.entry("regex", regex(3)),
            Map.entry("json-pointer", POINTER),
            Map.entry("relative-json-pointer", "(?:0|[1-9]\\d{0,8})(?:#|" + POINTER + ")"));

    private Formats() {}

    /**
     * Regular expressions that mean the same to every engine: no look-around, no names, no back references.
     *
     * @param groups how deep groups are nested
     */
    private static String regex(int groups) {
        String character = "[^\\\\^$.*+?()\\[\\]{}|\\x00-\\x1f]";
        String escape = "\\\\[dDwWsStnrfv.*+?()\\[\\]{}|/^$\\\\]";
        String member =
                "(?:a-z|A-Z|0-9|a-f|A-F|[A-Za-z0-9_.,:;@#%=!'\"<> /+*?(){}$]|\\\\[dDwWsStnrfv.*+?()\\[\\]{}|/^$\\\\-])";
        String set = "\\[\\^?(?:-" + member + "+|" + member + "+-?)\\]";
        String times =
                "(?:[*+?]|\\{(?:\\d{1,3},?|0,\\d{1,3}|1,[1-9]\\d{0,2}|2,[2-9]|3,[3-9]|4,[4-9]|[2-9],[1-9]\\d)\\})\\??";
        String term = "(?:(?:" + character + "|\\.|" + escape + "|" + set + ")(?:" + times + ")?|[\\^$]|\\\\[bB])";
        String inner = term;
        for (int depth = 0; depth < groups; depth++) {
            inner = "(?:" + term + "|\\((?:\\?:)?(?:" + inner + "|\\|)*\\)(?:" + times + ")?)";
        }
        return "(?:" + inner + "|\\|)*";
    }

    /** The texts of the format, or null if it is not supported. */
    static @Nullable Pattern pattern(String format) {
        String pattern = PATTERNS.get(format);
        return pattern == null ? null : PatternParser.parseFull(pattern);
    }
}
