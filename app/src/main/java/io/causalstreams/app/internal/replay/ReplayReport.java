package io.causalstreams.app.internal.replay;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a replay comes to.
 *
 * @param prompts asked
 * @param failed that could not be
 * @param same prompts that both answer alike
 * @param scored prompts with a recorded answer that both have scored
 * @param better of them, those whose recorded answer the adapter finds more probable than the other
 */
public record ReplayReport(int prompts, int failed, int same, int scored, int better, Sums adapter, Sums against) {

    /**
     * Of one adapter.
     *
     * @param exact answers that are the recorded ones, of those that are known
     * @param logprob of the tokens of recorded answers, mean over prompts, in nats; NaN = none was scored
     */
    public record Sums(int exact, double logprob) {}

    static ReplayReport of(List<Replay.Compared> all) {
        List<Replay.Compared> asked =
                all.stream().filter(each -> each.error() == null).toList();
        List<Replay.Compared> scored = asked.stream()
                .filter(each -> logprob(each.adapter()) != null && logprob(each.against()) != null)
                .toList();
        return new ReplayReport(
                all.size(),
                all.size() - asked.size(),
                (int) asked.stream().filter(Replay.Compared::same).count(),
                scored.size(),
                (int) scored.stream()
                        .filter(each -> value(each.adapter()) > value(each.against()))
                        .count(),
                sums(asked, scored, Replay.Compared::adapter),
                sums(asked, scored, Replay.Compared::against));
    }

    private static Sums sums(
            List<Replay.Compared> asked,
            List<Replay.Compared> scored,
            Function<Replay.Compared, Replay.@Nullable Side> side) {
        int exact = (int) asked.stream()
                .filter(each -> {
                    Replay.Side of = side.apply(each);
                    String recorded = each.recorded();
                    return of != null && recorded != null && of.answer().strip().equals(recorded.strip());
                })
                .count();
        double logprob = scored.stream()
                .mapToDouble(each -> value(side.apply(each)))
                .average()
                .orElse(Double.NaN);
        return new Sums(exact, logprob);
    }

    private static @Nullable Double logprob(Replay.@Nullable Side side) {
        return side == null ? null : side.logprob();
    }

    private static double value(Replay.@Nullable Side side) {
        return Objects.requireNonNull(logprob(side));
    }

    /** As lines for people. */
    public String text(String name, String other) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%d prompts, %d answered alike", prompts, same))
                .append(failed == 0 ? "\n" : ", " + failed + " that cannot be asked\n");
        if (scored > 0) {
            text.append(String.format(Locale.ROOT, "%d recorded answers:%n", scored));
            line(text, name, adapter);
            line(text, other, against);
            text.append(String.format(
                    Locale.ROOT, "more probable with %s: %d, with %s: %d%n", name, better, other, scored - better));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, Sums sums) {
        text.append(String.format(
                Locale.ROOT,
                "  %-20s exact %d, log-probability per token %.4f (perplexity %.3f)%n",
                name,
                sums.exact(),
                sums.logprob(),
                Math.exp(-sums.logprob())));
    }
}
