package io.causalstreams.topology.internal.telemetry;

import io.causalstreams.inference.Usage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Times and tokens of the requests that one operator has one model answer. */
final class RequestMeters {
    private final MeterRegistry meters;
    private final Tags tags;
    private final Timer queueTime;
    private final Timer timeToFirstToken;
    private final Timer timePerOutputToken;
    private final Timer requestTime;
    private final Counter promptTokens;
    private final Counter completionTokens;
    private final Counter cachedTokens;

    RequestMeters(MeterRegistry meters, Tags tags) {
        this.meters = meters;
        this.tags = tags;
        this.queueTime = timer("queue.time", "From arrival to the engine.");
        this.timeToFirstToken = timer("time.to.first.token", "From arrival to the first published token.");
        this.timePerOutputToken = timer("time.per.output.token", "Between tokens after the first, mean of a request.");
        this.requestTime = timer("request.time", "From arrival to the completion.");
        this.promptTokens = counter("prompt.tokens", "Tokens of the prompts of finished requests and rounds.");
        this.completionTokens = counter("completion.tokens", "Tokens published.");
        this.cachedTokens = counter("cached.prompt.tokens", "Prompt tokens taken from the prefix cache.");
    }

    void submitted(long waitedMs) {
        queueTime.record(millis(waitedMs));
    }

    void firstToken(long afterMs) {
        timeToFirstToken.record(millis(afterMs));
    }

    void published(int tokens) {
        completionTokens.increment(tokens);
    }

    void used(Usage usage) {
        promptTokens.increment(usage.promptTokens());
        cachedTokens.increment(usage.cachedTokens());
    }

    void ended(EndedRequest ended) {
        requestTime.record(millis(ended.endedMs() - ended.arrivedMs()));
        int tokens = ended.tokens();
        if (tokens > 1 && ended.firstTokenMs() > 0) {
            long nanos = (ended.endedMs() - ended.firstTokenMs()) * 1_000_000L;
            timePerOutputToken.record(Duration.ofNanos(nanos / (tokens - 1)));
        }
    }

    private static Duration millis(long ms) {
        return Duration.ofMillis(Math.max(0, ms));
    }

    private Timer timer(String name, String description) {
        return Timer.builder("causal.streams." + name)
                .tags(tags)
                .description(description)
                .publishPercentileHistogram()
                .register(meters);
    }

    private Counter counter(String name, String description) {
        return Counter.builder("causal.streams." + name)
                .tags(tags)
                .description(description)
                .register(meters);
    }
}
