package io.causalstreams.inference.internal.constraint.grammar;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The terminals of Lark's {@code common} grammar, as LLGuidance has them. */
final class LarkLibrary {

    private static final String FRACTION = "([0-9]+\\.[0-9]*|\\.[0-9]+)";
    private static final String EXPONENT = "[eE][+-]?[0-9]+";
    private static final String FLOAT = "(" + FRACTION + "(" + EXPONENT + ")?|[0-9]+" + EXPONENT + ")";
    private static final String NUMBER = "([0-9]+|" + FLOAT + ")";

    private static final Map<String, String> COMMON = Map.ofEntries(
            Map.entry("DIGIT", "[0-9]"),
            Map.entry("HEXDIGIT", "[a-fA-F0-9]"),
            Map.entry("INT", "[0-9]+"),
            Map.entry("SIGNED_INT", "[+-]?[0-9]+"),
            Map.entry("DECIMAL", FRACTION),
            Map.entry("_EXP", EXPONENT),
            Map.entry("FLOAT", FLOAT),
            Map.entry("SIGNED_FLOAT", "[+-]?" + FLOAT),
            Map.entry("NUMBER", NUMBER),
            Map.entry("SIGNED_NUMBER", "[+-]?" + NUMBER),
            Map.entry("ESCAPED_STRING", "\"([^\"\\\\]|\\\\[^\\n])*\""),
            Map.entry("LCASE_LETTER", "[a-z]"),
            Map.entry("UCASE_LETTER", "[A-Z]"),
            Map.entry("LETTER", "[A-Za-z]"),
            Map.entry("WORD", "[A-Za-z]+"),
            Map.entry("CNAME", "[_A-Za-z][_A-Za-z0-9]*"),
            Map.entry("WS_INLINE", "[ \\t]+"),
            Map.entry("WS", "[ \\t\\f\\r\\n]+"),
            Map.entry("CR", "\\r"),
            Map.entry("LF", "\\n"),
            Map.entry("NEWLINE", "(\\r?\\n)+"),
            Map.entry("SH_COMMENT", "#[^\\n]*"),
            Map.entry("CPP_COMMENT", "//[^\\n]*"),
            Map.entry("C_COMMENT", "/\\*[^*]*\\*+([^/*][^*]*\\*+)*/"),
            Map.entry("SQL_COMMENT", "--[^\\n]*"));

    private LarkLibrary() {}

    /** The regular expression of a terminal, or null if there is none of that name. */
    static @Nullable String find(String terminal) {
        return COMMON.get(terminal);
    }
}
