package io.causalstreams.topology;

import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.internal.journal.RememberBounds;
import io.causalstreams.topology.internal.operator.EnrichmentOptions;
import io.causalstreams.topology.internal.request.Budget;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.request.Policies;
import io.causalstreams.topology.internal.request.Retries;
import io.causalstreams.topology.internal.request.Throttle;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link Asked} was told about which records are asked about, how long and how often. Threading: as {@link Asked}. */
final class EnrichmentPolicies {

    private int oneIn = 1;
    private long timeoutMs;
    private Retries retries = Retries.NONE;
    private @Nullable Budget budget;
    private @Nullable Throttle throttle;
    private @Nullable RememberBounds cache;

    void sample(int keys) {
        require(keys >= 1, "one in " + keys + " keys is sampled; it must be 1 or more");
        oneIn = keys;
    }

    void timeout(Duration timeout) {
        require(timeout.toMillis() >= 1, "the timeout is " + timeout + "; it must be at least a millisecond");
        timeoutMs = timeout.toMillis();
    }

    void retry(int attempts, Duration backoff, ErrorCode[] kinds) {
        require(attempts >= 1, attempts + " attempts; there must be at least one");
        require(!backoff.isNegative(), "the backoff is " + backoff + "; it must not be negative");
        Set<ErrorCode> codes = kinds.length == 0 ? Set.of(ErrorCode.INFERENCE_ERROR) : Set.of(kinds);
        for (ErrorCode code : codes) {
            require(
                    code == ErrorCode.INFERENCE_ERROR,
                    code + " is no failure of a run; the same request would end in it again");
        }
        retries = new Retries(codes, attempts, backoff.toMillis());
    }

    void budget(long perHour, double promptToken, double completionToken) {
        require(perHour >= 1, "the budget is " + perHour + " an hour; it must be 1 or more");
        require(promptToken >= 0 && completionToken >= 0, "a token costs less than nothing");
        budget = new Budget(perHour, promptToken, completionToken);
    }

    void throttle(Throttle limit) {
        throttle = limit;
    }

    void cache(Duration age, int answers) {
        require(age.toMillis() >= 1 && answers >= 1, "nothing is kept for " + age + " in " + answers + " answers");
        cache = new RememberBounds(age.toMillis(), answers, Long.MAX_VALUE);
    }

    EnrichmentOptions options() {
        return new EnrichmentOptions(oneIn, timeoutMs, cache != null);
    }

    OperatorSettings settings(OperatorSettings configured) {
        return cache == null
                ? configured
                : configured.remembering(new RememberBounds(
                        cache.maxAgeMs(),
                        cache.maxEntries(),
                        configured.remember().maxBytes()));
    }

    Policies policies() {
        return new Policies(retries, budget, throttle);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
