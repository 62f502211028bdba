package io.causalstreams.it;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random prompts, a steady number of them without a completion at any time.
 *
 * <p>Threading: one thread.
 */
final class Load {
    private final OperatorClient client;
    private final Random random;
    private final String name;
    private final int outstanding;
    private final int minTokens;
    private final int maxTokens;
    private final List<String> ids = new ArrayList<>();

    /**
     * @param name first part of the requests' ids
     * @param outstanding requests without a completion
     * @param minTokens of a completion
     * @param maxTokens of a completion
     */
    Load(OperatorClient client, Random random, String name, int outstanding, int minTokens, int maxTokens) {
        this.client = client;
        this.random = random;
        this.name = name;
        this.outstanding = outstanding;
        this.minTokens = minTokens;
        this.maxTokens = maxTokens;
    }

    /** Keeps the load up for {@code time}. */
    void run(Duration time) {
        Instant end = Instant.now().plus(time);
        while (Instant.now().isBefore(end)) {
            topUp();
            client.readFor(Duration.ofMillis(Math.min(200, time.toMillis())));
        }
    }

    /** Keeps the load up until this many more tokens are committed than before. */
    void runForTokens(int tokens, Duration limit) {
        int goal = tokensSeen() + tokens;
        client.readUntil(tokens + " more tokens", limit, () -> {
            topUp();
            return tokensSeen() >= goal;
        });
    }

    /** Sends no more, and reads until every request is answered, and a while longer: repeats would come now. */
    void drain(Duration limit) {
        client.readCompletions(ids, limit);
        client.readFor(Duration.ofSeconds(2));
    }

    List<String> violations() {
        return client.violations(ids);
    }

    List<String> ids() {
        return List.copyOf(ids);
    }

    int tokensSeen() {
        return ids.stream().mapToInt(client::tokensSeen).sum();
    }

    private void topUp() {
        long open =
                ids.stream().filter(id -> !client.completions.containsKey(id)).count();
        List<String> keys = new ArrayList<>();
        List<String> prompts = new ArrayList<>();
        for (; open < outstanding; open++) {
            keys.add("key-" + random.nextInt(100));
            prompts.add(nextPrompt());
        }
        client.sendAll(keys, prompts);
    }

    private String nextPrompt() {
        String id = name + "-" + ids.size();
        ids.add(id);
        String about = "Prompt " + random.nextInt(1000) + " of " + id;
        String prompt = random.nextBoolean()
                ? "\"messages\": [{\"role\": \"user\", \"content\": \"" + about + "\"}]"
                : "\"prompt\": \"" + about + "\"";
        return """
                {"id": "%s", %s, "max_tokens": %d, "ignore_eos": true, "temperature": %s, "n": %d}""".formatted(
                        id,
                        prompt,
                        random.nextInt(minTokens, maxTokens + 1),
                        random.nextBoolean() ? "0" : "0.8",
                        random.nextInt(5) == 0 ? 2 : 1);
    }
}
