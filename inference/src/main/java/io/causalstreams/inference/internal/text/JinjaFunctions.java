package io.causalstreams.inference.internal.text;

import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions that transformers offers to chat templates. */
public final class JinjaFunctions {
    private static final Map<Character, String> PATTERNS = Map.ofEntries(
            Map.entry('Y', "yyyy"),
            Map.entry('y', "yy"),
            Map.entry('m', "MM"),
            Map.entry('d', "dd"),
            Map.entry('b', "MMM"),
            Map.entry('B', "MMMM"),
            Map.entry('a', "EEE"),
            Map.entry('A', "EEEE"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('p', "a"),
            Map.entry('j', "DDD"));

    private JinjaFunctions() {}

    static List<ELFunctionDefinition> all() {
        return List.of(
                new ELFunctionDefinition("", "raise_exception", JinjaFunctions.class, "raiseException", String.class),
                new ELFunctionDefinition("", "strftime_now", JinjaFunctions.class, "strftimeNow", String.class));
    }

    /** Ends the rendering: the template does not take this conversation. Called by templates. */
    public static Object raiseException(String message) {
        throw new ConversationRefusedException(message);
    }

    /** The current date and time in C's {@code strftime} format. Called by templates. */
    public static String strftimeNow(String format) {
        JinjavaConfig config = JinjavaInterpreter.getCurrent().getConfig();
        Instant now = Instant.ofEpochMilli(config.getDateTimeProvider().getCurrentTimeMillis());
        return formatter(format).format(ZonedDateTime.ofInstant(now, config.getTimeZone()));
    }

    private static DateTimeFormatter formatter(String format) {
        DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c == '%' && i + 1 < format.length()) {
                i++;
                String pattern = PATTERNS.get(format.charAt(i));
                if (pattern == null) {
                    builder.appendLiteral(format.charAt(i));
                } else {
                    builder.appendPattern(pattern);
                }
            } else {
                builder.appendLiteral(c);
            }
        }
        return builder.toFormatter(Locale.ENGLISH);
    }

    /** What {@code raise_exception} throws. */
    static final class ConversationRefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ConversationRefusedException(String message) {
            super(message);
        }
    }
}
