package io.causalstreams.topology.internal.answer;

import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.internal.journal.Arrival;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers that their topics refused in this process.
 *
 * <p>A refusal comes when the record is on its way, and dooms its transaction: nothing can be put right in it. What was
 * learned of it outlives the transaction here. When the requests run again, those that are known here end as dead letters
 * instead. A process that knows nothing learns it by one aborted transaction.
 *
 * <p>A request is known by its id and the timestamp of its prompt, which each of its records has: sent again, it is another.
 * A topic that wants keys, or no old records, refuses all that are alike; that is held against them for {@value #RULE_MS} ms,
 * after which one is tried again.
 *
 * <p>Threading: any; producers report, stream threads ask.
 */
public final class Refusals {

    /** Key of the Kafka Streams properties that gives this to the producers' error handler and to the operators. */
    public static final String PROPERTY = "causal.streams.refusals";

    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    private static final int MAX_REQUESTS = 10_000;
    private static final long RULE_MS = 600_000;

    /** Refusals this close together are of one transaction. */
    private static final long SAME_TRANSACTION_MS = 1_000;

    private static final int MAX_TRANSACTIONS = 5;
    private static final long WINDOW_MS = 300_000;

    private final LongSupplier clockMs;
    private final Map<Request, Refusal> requests = new LinkedHashMap<>();
    private final Map<String, Rule> withoutKey = new LinkedHashMap<>();
    private final Map<String, Rule> old = new LinkedHashMap<>();
    private final Deque<Long> transactions = new ArrayDeque<>();

    private record Request(String id, long timestamp) {}

    /** @param maxAgeMs of records that are taken; -1 = none is */
    private record Rule(Refusal refusal, long maxAgeMs, long untilMs) {}

    public Refusals() {
        this(System::currentTimeMillis);
    }

    /** @param clockMs milliseconds since 1970 */
    public Refusals(LongSupplier clockMs) {
        this.clockMs = clockMs;
    }

    /** Those of this operator's topology; of a topology that was started without them, none. */
    public static Refusals of(ProcessingContext context) {
        return context.appConfigs().get(PROPERTY) instanceof Refusals refusals ? refusals : new Refusals();
    }

    /**
     * A topic refused a record of a request.
     *
     * @return false when topics refuse so often, more than {@value #MAX_TRANSACTIONS} transactions in {@value #WINDOW_MS}
     *     ms, that it is no matter of single requests any more
     */
    public synchronized boolean learn(
            OutputEvent.Kind kind, String requestId, ProducerRecord<byte[], byte[]> record, Exception error) {
        long nowMs = clockMs.getAsLong();
        if (isTooOften(nowMs)) {
            return false;
        }
        Refusal refusal = Refusal.of(kind, record.topic(), error);
        if (requests.put(new Request(requestId, record.timestamp()), refusal) == null) {
            log.warn(
                    "request {}: topic {} refuses its answer by its {}: {}. The transaction is aborted, and the prompt"
                            + " becomes a dead letter",
                    requestId,
                    record.topic(),
                    Refusal.settings(error),
                    Refusal.said(error));
        }
        if (requests.size() > MAX_REQUESTS) {
            requests.remove(requests.keySet().iterator().next());
        }
        if (record.key() == null && Refusal.isWithoutKey(error)) {
            withoutKey.put(record.topic(), new Rule(refusal, -1, nowMs + RULE_MS));
        }
        OptionalLong oldest = Refusal.oldestTaken(error);
        if (oldest.isPresent() && record.timestamp() < oldest.getAsLong()) {
            old.put(record.topic(), new Rule(refusal, nowMs - oldest.getAsLong(), nowMs + RULE_MS));
        }
        return true;
    }

    /** The refusal that awaits the answer to this prompt, or null: as far as is known it will be taken. */
    public synchronized @Nullable Refusal of(Arrival arrival) {
        Refusal known = requests.get(new Request(arrival.id(), arrival.timestamp()));
        if (known != null) {
            return known;
        }
        long nowMs = clockMs.getAsLong();
        Refusal keyless = arrival.key() == null ? first(withoutKey, Long.MAX_VALUE, nowMs) : null;
        return keyless != null ? keyless : first(old, nowMs - arrival.timestamp(), nowMs);
    }

    /**
     * Whether the answer will be taken, as far as is known.
     *
     * @throws Refusal.AnswerRefusedException if a refusal awaits the answer to this prompt
     */
    void check(Arrival arrival) {
        Refusal refusal = of(arrival);
        if (refusal != null) {
            throw new Refusal.AnswerRefusedException(refusal);
        }
    }

    private static @Nullable Refusal first(Map<String, Rule> rules, long ageMs, long nowMs) {
        for (Rule rule : rules.values()) {
            if (rule.maxAgeMs < ageMs && nowMs <= rule.untilMs) {
                return rule.refusal;
            }
        }
        return null;
    }

    private boolean isTooOften(long nowMs) {
        while (!transactions.isEmpty() && nowMs - transactions.getFirst() > WINDOW_MS) {
            transactions.removeFirst();
        }
        if (transactions.isEmpty() || nowMs - transactions.getLast() > SAME_TRANSACTION_MS) {
            transactions.addLast(nowMs);
        }
        return transactions.size() > MAX_TRANSACTIONS;
    }
}
