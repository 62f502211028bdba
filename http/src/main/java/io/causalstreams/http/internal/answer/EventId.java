package io.causalstreams.http.internal.answer;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The id of a server-sent event, all that is needed to go on behind it, at any door and after any crash:
 * {@code <tokens of choice 0>[,<of choice 1>…].<unix seconds of the prompt>.<request>}.
 *
 * @param positions tokens that were told of each choice
 * @param createdSeconds of the prompt
 */
public record EventId(List<Integer> positions, long createdSeconds, String request) {
    private static final Pattern TEXT =
            Pattern.compile("(\\d{1,9}(?:,\\d{1,9}){0,127})\\.(\\d{1,12})\\.([ -~]{1,400})");

    public EventId {
        positions = List.copyOf(positions);
    }

    /** Empty if a text is none. */
    public static Optional<EventId> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<Integer> positions =
                Stream.of(matcher.group(1).split(",", -1)).map(Integer::valueOf).toList();
        return Optional.of(new EventId(positions, Long.parseLong(matcher.group(2)), matcher.group(3)));
    }

    @Override
    public String toString() {
        return positions.stream().map(String::valueOf).collect(Collectors.joining(",")) + "." + createdSeconds + "."
                + request;
    }
}
