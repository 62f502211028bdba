package io.causalstreams.http.internal.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.internal.kafka.LiveRecords.Progress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the meters of this process say now, summed over operators and adapters; counters and histograms since its start, so that
 * rates are differences. Nothing is counted here.
 *
 * <p>Threading: any.
 */
final class Figures {
    private static final String PREFIX = "causal.streams.";
    private static final List<String> TIMERS =
            List.of("queue.time", "time.to.first.token", "time.per.output.token", "request.time");
    private static final List<String> COUNTERS = List.of(
            "completion.tokens",
            "prompt.tokens",
            "cached.prompt.tokens",
            "duplicates",
            "dead.letters",
            "missed.cancels",
            "http.resumes");
    private static final List<String> GAUGES = List.of(
            "requests.waiting",
            "requests.running",
            "requests.calling",
            "journal.bytes",
            "oldest.waiting",
            "http.streams");
    private static final List<String> OF_MODELS =
            List.of("slots", "slots.used", "waiting", "backlog.tokens", "kv.cache", "completion.tokens");

    private final MeterRegistry meters;

    Figures(MeterRegistry meters) {
        this.meters = meters;
    }

    ObjectNode json(List<Progress> partitions) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("what", "figures").put("at", System.currentTimeMillis());
        COUNTERS.forEach(name -> json.put(name, sum(named(name))));
        GAUGES.forEach(name -> json.put(name, sum(named(name))));
        json.set("outcomes", byTag("requests", "outcome"));
        json.set("rejected", byTag("http.rejected", "limit"));
        ObjectNode times = json.putObject("times");
        TIMERS.forEach(name -> times.set(name, histogram(name)));
        json.set("models", models());
        json.set("partitions", partitions(partitions));
        return json;
    }

    private Collection<Meter> named(String name) {
        return meters.find(PREFIX + name).meters();
    }

    private static double sum(Collection<Meter> all) {
        return all.stream().mapToDouble(Figures::value).filter(Double::isFinite).sum();
    }

    private static double value(Meter meter) {
        return meter instanceof Gauge gauge
                ? gauge.value()
                : meter instanceof Counter counter
                        ? counter.count()
                        : meter instanceof FunctionCounter counter ? counter.count() : 0;
    }

    private ObjectNode byTag(String name, String tag) {
        Map<String, Double> sums = new TreeMap<>();
        named(name).forEach(each -> sums.merge(String.valueOf(each.getId().getTag(tag)), value(each), Double::sum));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        sums.forEach(json::put);
        return json;
    }

    /** {@code {count, seconds, buckets: [[at most so many seconds, how many], …]}}; counts include those of the buckets before. */
    private ObjectNode histogram(String name) {
        long count = 0;
        double seconds = 0;
        Map<Double, Double> sums = new TreeMap<>();
        for (Timer timer : meters.find(PREFIX + name).timers()) {
            HistogramSnapshot snapshot = timer.takeSnapshot();
            count += snapshot.count();
            seconds += snapshot.total(TimeUnit.SECONDS);
            for (CountAtBucket bucket : snapshot.histogramCounts()) {
                sums.merge(bucket.bucket(TimeUnit.SECONDS), bucket.count(), Double::sum);
            }
        }
        ObjectNode json =
                JsonNodeFactory.instance.objectNode().put("count", count).put("seconds", seconds);
        ArrayNode buckets = json.putArray("buckets");
        double before = 0;
        for (Map.Entry<Double, Double> each : sums.entrySet()) {
            if (each.getValue() > before && Double.isFinite(each.getKey())) {
                buckets.addArray().add(each.getKey()).add(each.getValue());
                before = each.getValue();
            }
        }
        return json;
    }

    private ArrayNode models() {
        Map<String, ObjectNode> models = new TreeMap<>();
        for (String name : OF_MODELS) {
            for (Meter meter : named("engine." + name)) {
                models.computeIfAbsent(
                                String.valueOf(meter.getId().getTag("model")),
                                model -> JsonNodeFactory.instance.objectNode().put("model", model))
                        .put(name, value(meter));
            }
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        models.values().forEach(all::add);
        return all;
    }

    private ArrayNode partitions(List<Progress> partitions) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Progress each : partitions) {
            all.addObject()
                    .put("partition", each.partition())
                    .put("end", each.end())
                    .put("committed", each.committed())
                    .put("lag", each.lag())
                    .put("backlog", backlog(each.partition()));
        }
        return all;
    }

    /** Null where another process has the partition. */
    private @Nullable Double backlog(int partition) {
        Collection<Meter> here = meters.find(PREFIX + "partition.backlog")
                .tag("partition", Integer.toString(partition))
                .meters();
        return here.isEmpty() ? null : sum(here);
    }
}
