package io.causalstreams.learning.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Joins what is known of a request: when its prompt, its completion and its correction have come, in any order, a record to learn from is
 * forwarded, once. The first correction counts; what comes again is remembered as done.
 *
 * <p>Threading: stream thread.
 */
public final class Joining extends ContextualProcessor<String, String, String, String> {
    private static final String SINCE = "since";
    private static final String DONE = "done";
    private static final Duration FORGETTING = Duration.ofMinutes(10);

    private final String store;
    private final String adapter;
    private final long forgottenAfterMs;
    private @Nullable KeyValueStore<String, String> known;

    /** @param adapter key of what is forwarded */
    public Joining(String store, String adapter, Duration forgottenAfter) {
        this.store = store;
        this.adapter = adapter;
        this.forgottenAfterMs = forgottenAfter.toMillis();
    }

    @Override
    public void init(ProcessorContext<String, String> context) {
        super.init(context);
        known = context.getStateStore(store);
        context.schedule(FORGETTING, PunctuationType.WALL_CLOCK_TIME, this::forget);
    }

    @Override
    public void process(Record<String, String> fact) {
        String before = known().get(fact.key());
        ObjectNode all = before == null ? Json.object().put(SINCE, context().currentSystemTimeMs()) : Json.own(before);
        if (all.has(DONE)) {
            return;
        }
        ObjectNode news = Json.own(fact.value());
        boolean corrected = Facts.CORRECTIONS.stream().anyMatch(all::has);
        news.properties().forEach(each -> {
            if (!all.has(each.getKey()) && !(corrected && Facts.CORRECTIONS.contains(each.getKey()))) {
                all.set(each.getKey(), each.getValue());
            }
        });
        String record = record(all);
        if (record == null) {
            known().put(fact.key(), all.toString());
            return;
        }
        ObjectNode done = Json.object().put(DONE, true);
        known().put(fact.key(), done.set(SINCE, all.get(SINCE)).toString());
        String example =
                Json.object().put("id", fact.key()).put("record", record).toString();
        context().forward(new Record<>(adapter, example, fact.timestamp()));
    }

    /** As {@code tune} reads it; null while something is missing. */
    private static @Nullable String record(ObjectNode all) {
        if (!all.has(Facts.PROMPT) || !all.has(Facts.ANSWER)) {
            return null;
        }
        ObjectNode record = ((ObjectNode) all.get(Facts.PROMPT)).deepCopy();
        if (all.has("label")) {
            return record.put("label", all.get("label").asText()).toString();
        }
        if (all.has("completion")) {
            return record.put("completion", all.get("completion").asText()).toString();
        }
        return all.has("accepted")
                ? record.put("completion", all.get(Facts.ANSWER).asText()).toString()
                : null;
    }

    private void forget(long nowMs) {
        List<String> old = new ArrayList<>();
        try (KeyValueIterator<String, String> each = known().all()) {
            while (each.hasNext()) {
                KeyValue<String, String> next = each.next();
                if (Json.own(next.value).path(SINCE).asLong() < nowMs - forgottenAfterMs) {
                    old.add(next.key);
                }
            }
        }
        old.forEach(known()::delete);
    }

    private KeyValueStore<String, String> known() {
        return Objects.requireNonNull(known, "init comes first");
    }
}
