package io.causalstreams.app.internal.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/** Work whose answers repeat long parts of the prompt. */
final class QuotingPrompts {
    private static final String MEETING = """
            The harbour committee met on Tuesday to decide about the new ferry landing. The engineer reported that the \
            old pier can carry the weight of two ferries, but not of three, and that its timber must be replaced within \
            five years. The treasurer said that the town can pay for one landing this year and for another one in two \
            years. After a long debate the committee decided to repair the old pier first, to build the northern landing \
            in spring, and to ask the province for a third of the cost. The next meeting is on the fourth of March.""";

    private static final String ORDERS = """
            Order 4711: 12 crates of apples for Miller & Sons, Lakeside Road 8, to be delivered on Monday morning.
            Order 4712: 3 barrels of olive oil for the Blue Anchor Inn, Harbour Square 1, to be delivered on Tuesday.
            Order 4713: 40 loaves of rye bread for Saint Mary School, Church Lane 22, to be delivered every day.
            Order 4714: 7 wheels of cheese for the Grand Hotel, Station Street 5, to be delivered on Friday evening.""";

    private static final String CODE = """
            public int largest(int[] values) {
                int largest = values[0];
                for (int index = 1; index < values.length; index++) {
                    if (values[index] > largest) {
                        largest = values[index];
                    }
                }
                return largest;
            }""";

    private QuotingPrompts() {}

    /** User messages, by what they ask for. */
    static Map<String, String> all() {
        Map<String, String> prompts = new LinkedHashMap<>();
        prompts.put(
                "summary",
                "Summarize the text in its own words, sentence by sentence, and keep every fact.\n\nText: " + MEETING);
        prompts.put(
                "extraction",
                "Copy every order that is to be delivered to a street or a road, exactly as it is written.\n\n"
                        + ORDERS);
        prompts.put(
                "editing",
                "Write the text again without any change, except that the meeting was on Wednesday.\n\nText: "
                        + MEETING);
        prompts.put(
                "refactoring",
                "Write this method again with the variable largest renamed to maximum. Only code.\n\n" + CODE);
        return prompts;
    }
}
