package io.causalstreams.learning.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.learning.LearningSettings;
import io.causalstreams.learning.Tuner;
import io.causalstreams.topology.adapter.AdapterEvent;
import io.causalstreams.topology.adapter.AdapterKey;
import io.causalstreams.topology.adapter.AdapterRefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects records into rounds, has each tuned, and publishes what is better.
 *
 * <pre>
 *            N records, or patience          result
 *   COLLECTS ────────────────────► BEGUN ────────────► COLLECTS
 *            what it consists of is            adapter, report, and the records are
 *            written: which records,           deleted: one transaction
 *            from which adapter
 * </pre>
 *
 * <p>Tuning itself has no effect but files, so whoever owns the task after a crash runs the same round again, from its last state where
 * that is still there; and no record is in two rounds.
 *
 * <p>Threading: stream thread; rounds run on {@link TuningThread}.
 */
public final class Rounds extends ContextualProcessor<String, String, byte[], Output> {
    private static final Logger log = LoggerFactory.getLogger(Rounds.class);
    private static final Duration TURN = Duration.ofMillis(500);
    private static final long SHOWN_WITHIN_MS = 60_000;

    private final LearningSettings settings;
    private final String storeName;
    private final String adaptersStore;
    private final TuningThread tuning;
    private @Nullable RoundStore store;
    private @Nullable ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> adapters;

    /**
     * Of one loop.
     *
     * @param storeName of records
     * @param adaptersStore of what is served
     */
    public Rounds(LearningSettings settings, String storeName, String adaptersStore, Tuner tuner) {
        this.settings = settings;
        this.storeName = storeName;
        this.adaptersStore = adaptersStore;
        this.tuning = new TuningThread(tuner);
    }

    @Override
    public void init(ProcessorContext<byte[], Output> context) {
        super.init(context);
        tuning.stop();
        KeyValueStore<String, String> records = context.getStateStore(storeName);
        store = new RoundStore(records);
        adapters = context.getStateStore(adaptersStore);
        context.schedule(TURN, PunctuationType.WALL_CLOCK_TIME, this::turn);
    }

    @Override
    public void process(Record<String, String> example) {
        RoundStore records = store();
        ObjectNode state = records.state();
        if (!state.has("since")) {
            state.put("since", context().currentSystemTimeMs());
        }
        String id = Objects.requireNonNullElse(Json.text(Json.own(example.value()), "id"), "");
        records.add(state, example.value(), isHeldBack(id));
        records.write(state);
    }

    private boolean isHeldBack(String id) {
        return Utils.toPositive(Utils.murmur2(id.getBytes(StandardCharsets.UTF_8))) % settings.heldBackEvery() == 0;
    }

    private void turn(long nowMs) {
        ObjectNode state = store().state();
        if (state.path("begun") instanceof ObjectNode begun) {
            run(state, begun);
        } else if (isDue(state, nowMs)) {
            begin(state);
        }
    }

    private boolean isDue(ObjectNode state, long nowMs) {
        long next = state.path("next").asLong();
        int records = store().records(false, next).size();
        boolean enough = records >= settings.records()
                || (records > 0
                        && nowMs - state.path("since").asLong(nowMs)
                                >= settings.patience().toMillis());
        return enough && !store().records(true, next).isEmpty() && showsTheLast(state, nowMs);
    }

    /** Whether what is served shows what the last round has published: the next one goes on from there. */
    private boolean showsTheLast(ObjectNode state, long nowMs) {
        String replaced = Json.text(state, "replaced");
        AdapterEvent served = served();
        return replaced == null
                || !replaced.equals(served == null ? "" : served.sha256())
                || nowMs - state.path("published").asLong() > SHOWN_WITHIN_MS;
    }

    private void begin(ObjectNode state) {
        List<KeyValue<String, String>> waiting =
                store().records(false, state.path("next").asLong());
        List<KeyValue<String, String>> taken = waiting.subList(0, Math.min(waiting.size(), settings.records()));
        ObjectNode begun = state.putObject("begun");
        begun.put("to", sequenceOf(taken.get(taken.size() - 1).key) + 1);
        begun.put("heldTo", state.path("next").asLong());
        AdapterEvent served = served();
        if (served != null) {
            begun.put("start", new String(served.bytes(), StandardCharsets.UTF_8));
        }
        store().write(state);
        context().commit();
    }

    private static long sequenceOf(String key) {
        return Long.parseLong(key.substring(key.indexOf('/') + 1));
    }

    private @Nullable AdapterEvent served() {
        ValueAndTimestamp<byte[]> value = Objects.requireNonNull(adapters).get(settings.adapter());
        try {
            return value == null ? null : AdapterEvent.read(value.value());
        } catch (AdapterRefusedException e) {
            return null; // nobody serves it either
        }
    }

    private void run(ObjectNode state, ObjectNode begun) {
        long number = state.path("round").asLong();
        if (tuning.isRunning(number) && tuning.result() == null) {
            return;
        }
        List<KeyValue<String, String>> learned =
                store().records(false, begun.path("to").asLong());
        List<KeyValue<String, String>> heldBack =
                store().records(true, begun.path("heldTo").asLong());
        String start = Json.text(begun, "start");
        Tuner.Round round = new Tuner.Round(
                settings.adapter(),
                number,
                RoundStore.field(learned, "record"),
                RoundStore.field(heldBack, "record"),
                start == null ? null : AdapterEvent.read(start.getBytes(StandardCharsets.UTF_8)));
        Tuner.Result result = tuning.result(round);
        if (result != null) {
            finish(state, round, result, learned, heldBack);
        }
    }

    /** All of it is in one transaction, and nothing in between can fail but Kafka. */
    private void finish(
            ObjectNode state,
            Tuner.Round round,
            Tuner.Result result,
            List<KeyValue<String, String>> learned,
            List<KeyValue<String, String>> heldBack) {
        AdapterEvent adapter = result.adapter();
        AdapterKey key = new AdapterKey(round.adapter(), false);
        Bytes report = Bytes.wrap(report(round, result, learned).toString().getBytes(StandardCharsets.UTF_8));
        state.remove("begun");
        state.put("round", round.number() + 1);
        state.put("since", context().currentSystemTimeMs());
        if (adapter != null) {
            state.put("replaced", round.start() == null ? "" : round.start().sha256());
            state.put("published", context().currentSystemTimeMs());
        }
        store().write(state);
        store().remove(learned);
        store().remove(heldBack.subList(0, Math.max(0, heldBack.size() - settings.heldBackMost())));
        long nowMs = context().currentSystemTimeMs();
        if (adapter != null) {
            context().forward(new Record<>(key.bytes(), new Output(true, Bytes.wrap(adapter.bytes())), nowMs));
        }
        context().forward(new Record<>(key.bytes(), new Output(false, report), nowMs));
        context().commit();
        tuning.stop();
        log.info("round {} of adapter {}: {}", round.number(), round.adapter(), report);
    }

    private static ObjectNode report(Tuner.Round round, Tuner.Result result, List<KeyValue<String, String>> learned) {
        ObjectNode report = Json.object()
                .put("adapter", round.adapter())
                .put("round", round.number())
                .put("records", learned.size())
                .put("held_back", round.heldBack().size());
        if (result.error() == null) {
            report.put("loss_before", result.before()).put("loss_after", result.after());
        } else {
            report.put("error", result.error());
        }
        AdapterEvent published = result.adapter();
        if (published != null) {
            report.put("published", published.sha256());
        }
        RoundStore.field(learned, "id").forEach(report.putArray("ids")::add);
        return report;
    }

    @Override
    public void close() {
        tuning.stop();
    }

    private RoundStore store() {
        return Objects.requireNonNull(store, "init comes first");
    }
}
