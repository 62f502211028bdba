package io.causalstreams.topology.internal.telemetry;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Usage;
import io.causalstreams.topology.RequestStatus;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.internal.answer.Ending;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.apache.kafka.streams.processor.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * What one operator reports in one process: meters named {@code causal.streams.*} with its name as the tag
 * {@code operator}, those of requests with {@code model} and {@code adapter} too, a span per completion, and where its requests are.
 *
 * <p>Threading: stream threads report, any thread asks.
 */
public final class OperatorTelemetry {
    private static final String OPERATOR = "operator";
    private static final String NO_ADAPTER = "none";
    private static final String OTHER_ADAPTERS = "other";

    /** Meters for as many pairs of model and adapter; further adapters share theirs. */
    private static final int MOST_METERS = 100;

    private static final String COMPLETED = "completed";

    private final String operator;
    private final GenerationEngine engine;
    private final MeterRegistry meters;
    private final CompletionSpans spans;
    private final EngineMeters engineMeters;
    private final Map<String, LiveRequest> requests = new ConcurrentHashMap<>();
    private final Map<MeterKey, RequestMeters> models = new ConcurrentHashMap<>();
    private final Map<TaskId, TaskLoad> loads = new ConcurrentHashMap<>();
    private final Map<TaskId, Gauge> backlogs = new ConcurrentHashMap<>();

    private record MeterKey(String model, String adapter) {}

    private final Counter duplicates;
    private final Counter deadLetters;
    private final Counter toolCalls;
    private final Counter missedCancels;

    /**
     * @param operator tag of its meters
     * @param engineMeters the engine's own, which all operators of the process share
     */
    public OperatorTelemetry(
            String operator,
            GenerationEngine engine,
            EngineMeters engineMeters,
            MeterRegistry meters,
            OpenTelemetry telemetry) {
        this.operator = operator;
        this.engine = engine;
        this.engineMeters = engineMeters;
        this.meters = meters;
        this.spans = new CompletionSpans(telemetry, engine);
        this.duplicates = counter("duplicates", "Prompts whose id was in flight or remembered.");
        this.missedCancels = counter("missed.cancels", "Cancels that found no request where they arrived.");
        this.deadLetters = counter("dead.letters", "Prompts that could not be read, or not be answered to the end.");
        this.toolCalls = counter("tool.calls", "Calls of tools published.");
        load("requests.waiting", "Requests in the journal, not in the engine.", TaskLoad::waiting);
        load("requests.running", "Requests in the engine.", TaskLoad::running);
        load("requests.calling", "Requests that wait for results of tools.", TaskLoad::calling);
        load(
                "journal.entries",
                "Requests without a completion that wait or run.",
                each -> (long) each.waiting() + each.running());
        load("journal.bytes", "Bytes of their prompts.", TaskLoad::journalBytes);
        load("remembered", "Completions remembered.", TaskLoad::remembered);
        load("conversations", "Conversations kept.", TaskLoad::conversations);
        Gauge.builder("causal.streams.oldest.waiting", this, OperatorTelemetry::oldestWaitingSeconds)
                .tag(OPERATOR, operator)
                .baseUnit("seconds")
                .description("Age of the oldest request that is not in the engine.")
                .register(meters);
        // a rate misses the first increment of a counter that was not there before
        MeterKey base = new MeterKey(engine.model().name(), NO_ADAPTER);
        models.put(base, meters(base));
        requests(COMPLETED);
        for (ToolOutcome outcome : ToolOutcome.values()) {
            toolResults(outcome);
        }
        for (ErrorCode code : ErrorCode.values()) {
            requests(tag(code));
        }
    }

    /** The request of this name, if it is in flight in this process. */
    public Optional<RequestStatus> status(String id) {
        LiveRequest request = requests.get(id);
        return request == null ? Optional.empty() : Optional.of(request.status());
    }

    /** It is in flight in this process from now on. */
    public void tracked(LiveRequest request) {
        requests.put(request.id(), request);
    }

    /** The engine has taken a request, {@code waitedMs} after its arrival. */
    public void submitted(GenerationRequest request, long waitedMs) {
        of(request).submitted(waitedMs);
    }

    /** The first token of a request is published, {@code afterMs} after its arrival. */
    public void firstToken(GenerationRequest request, long afterMs) {
        of(request).firstToken(afterMs);
    }

    /** Tokens of a request are published. */
    public void published(GenerationRequest request, int tokens) {
        of(request).published(tokens);
    }

    /** An answer that calls tools has these calls published, and is not the last. */
    public void called(GenerationRequest request, Usage usage, int calls) {
        of(request).used(usage);
        toolCalls.increment(calls);
    }

    /** A request has its completion. */
    public void ended(LiveRequest request, EndedRequest ended) {
        requests.remove(request.id(), request);
        of(ended.job().request()).ended(ended);
        outcome(ended);
    }

    /** One that only waited for its turn. */
    public void passedOn(LiveRequest request) {
        requests.remove(request.id(), request);
    }

    /** A request that ended without having been taken. */
    public void refused(EndedRequest ended) {
        outcome(ended);
    }

    private void outcome(EndedRequest ended) {
        Ending ending = ended.ending();
        if (ending instanceof Ending.Completed completed) {
            of(ended.job().request()).used(completed.finished().usage());
        }
        if (ending.deadLetter() != null) {
            deadLetters.increment();
        }
        ErrorCode error = ending.error();
        requests(error == null ? COMPLETED : tag(error)).increment();
        spans.ended(ended);
    }

    private static String tag(ErrorCode error) {
        return error.name().toLowerCase(Locale.ROOT);
    }

    /** A record that holds no request. */
    public void unreadable() {
        deadLetters.increment();
    }

    /** A cancel that found no request. */
    public void missedCancel() {
        missedCancels.increment();
    }

    /** A request whose id is in flight or remembered. */
    public void duplicate() {
        duplicates.increment();
    }

    /** What became of a call, or of a result. */
    public void toolResult(ToolOutcome outcome) {
        toolResults(outcome).increment();
    }

    /** A task has taken a turn. */
    public void load(TaskId task, TaskLoad load) {
        if (loads.put(task, load) == null) {
            backlogs.put(task, backlog(task));
        }
        engineMeters.refresh();
    }

    /** A task has left this process, with the requests it had. */
    public void left(TaskId task, Iterable<? extends LiveRequest> inFlight) {
        loads.remove(task);
        Gauge backlog = backlogs.remove(task);
        if (backlog != null) {
            meters.remove(backlog);
        }
        inFlight.forEach(request -> requests.remove(request.id(), request));
    }

    private Gauge backlog(TaskId task) {
        return Gauge.builder("causal.streams.partition.backlog", loads, all -> entries(all.get(task)))
                .tag(OPERATOR, operator)
                .tag("partition", Integer.toString(task.partition()))
                .description("Requests of a partition that wait or run.")
                .register(meters);
    }

    private static int entries(@Nullable TaskLoad load) {
        return load == null ? 0 : load.waiting() + load.running();
    }

    private RequestMeters of(GenerationRequest request) {
        String model = modelOf(request);
        MeterKey key = new MeterKey(model, adapterOf(request));
        RequestMeters known = models.get(key);
        return known != null ? known : models.computeIfAbsent(bounded(key, request), this::meters);
    }

    /** An adapter's name without its version. */
    private static String adapterOf(GenerationRequest request) {
        String adapter = request.adapter();
        int at = adapter == null ? -1 : adapter.lastIndexOf('@');
        return adapter == null ? NO_ADAPTER : at < 0 ? adapter : adapter.substring(0, at);
    }

    /** What clients write makes no meters, nor do more adapters than anybody looks at. */
    private MeterKey bounded(MeterKey key, GenerationRequest request) {
        boolean known = request.adapter() == null
                || engine.engines().values().stream()
                        .anyMatch(each -> each.adapters().contains(request.adapter()));
        String adapter = !known ? NO_ADAPTER : models.size() < MOST_METERS ? key.adapter() : OTHER_ADAPTERS;
        return new MeterKey(key.model(), adapter);
    }

    private RequestMeters meters(MeterKey key) {
        return new RequestMeters(meters, Tags.of(OPERATOR, operator, "model", key.model(), "adapter", key.adapter()));
    }

    /** The name of the model that answers; of one that is not there, none: what clients write makes no meters. */
    private String modelOf(GenerationRequest request) {
        try {
            return engine.model(request.model()).name();
        } catch (GenerationException.Invalid e) {
            return "none";
        }
    }

    private double oldestWaitingSeconds() {
        return loads.values().stream()
                        .map(TaskLoad::oldestWaiting)
                        .filter(Objects::nonNull)
                        .mapToLong(LiveRequest::waitedMs)
                        .max()
                        .orElse(0)
                / 1000.0;
    }

    private void load(String name, String description, ToLongFunction<TaskLoad> value) {
        Gauge.builder(
                        "causal.streams." + name,
                        this,
                        self -> self.loads.values().stream().mapToLong(value).sum())
                .tag(OPERATOR, operator)
                .description(description)
                .register(meters);
    }

    private Counter requests(String outcome) {
        return Counter.builder("causal.streams.requests")
                .description("Requests that ended, by outcome.")
                .tag(OPERATOR, operator)
                .tag("outcome", outcome)
                .register(meters);
    }

    private Counter toolResults(ToolOutcome outcome) {
        return Counter.builder("causal.streams.tool.results")
                .description("Results of tools, by outcome.")
                .tag(OPERATOR, operator)
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    private Counter counter(String name, String description) {
        return Counter.builder("causal.streams." + name)
                .tag(OPERATOR, operator)
                .description(description)
                .register(meters);
    }
}
