package io.causalstreams.http.internal.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.kafka.LiveRecords;
import io.causalstreams.http.internal.kafka.LiveRecords.Progress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What all viewers are told: first how things are, then each change, and the figures every second. The topics are read while there is
 * a viewer, and for a moment after.
 *
 * <pre>
 *   LiveRecords ──record──► LiveRequests, LetterBox ──changes──► one event a turn ──► each viewer's queue ──► socket
 * </pre>
 *
 * <p>Threading: any; one lock, held for no I/O. A viewer that does not read has {@value #MOST_UNREAD} events waiting at most; then
 * its line is cut, and it may come back.
 */
final class Live implements LiveRecords.Listener, AutoCloseable {
    static final int MOST_VIEWERS = 32;
    static final int MOST_UNREAD = 256;
    private static final long TURN_NANOS = 100_000_000;
    private static final long FIGURES_NANOS = 1_000_000_000;
    private static final Duration STAY = Duration.ofSeconds(20);
    /** Then a viewer comes back, and shows its key again. */
    private static final Duration VISIT = Duration.ofMinutes(15);

    private final LiveRecords records;
    private final DoorTopics topics;
    private final Figures figures;

    // guarded by this
    private final LiveRequests requests;
    private final LetterBox letters;
    private final Set<Viewer> viewers = new HashSet<>();
    private List<ObjectNode> changes = new ArrayList<>();
    private List<Progress> progress = List.of();
    private LiveRecords.@Nullable Watch watch;
    private long lastTurn;
    private long lastFigures;
    private long visits;
    private boolean closed;

    Live(LiveRecords records, DoorTopics topics, Figures figures) {
        this.records = records;
        this.topics = topics;
        this.figures = figures;
        this.requests = new LiveRequests(topics.ofJson());
        this.letters = new LetterBox();
    }

    private static final class Viewer {
        private final Sinks.Many<byte[]> events =
                Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MOST_UNREAD));
        private final Sinks.Empty<Void> gone = Sinks.empty();

        void tell(byte[] event) {
            if (events.tryEmitNext(event).isFailure()) {
                var unused = gone.tryEmitEmpty();
            }
        }
    }

    /**
     * Events for one viewer; they end after a while, when it is too slow, or when the door closes.
     *
     * @return an {@link ApiException} 429 when there are too many
     */
    Flux<byte[]> events() {
        return Flux.defer(() -> {
            Viewer viewer = enter();
            return viewer.events
                    .asFlux()
                    .takeUntilOther(Mono.firstWithSignal(viewer.gone.asMono(), Mono.delay(VISIT)))
                    .doFinally(end -> leave(viewer));
        });
    }

    /** Whether one more may look. */
    synchronized boolean hasRoom() {
        return viewers.size() < MOST_VIEWERS;
    }

    private synchronized Viewer enter() {
        if (closed || !hasRoom()) {
            throw ApiException.tooMany(MOST_VIEWERS + " look at the console already; close one of them", 10);
        }
        flush();
        Viewer viewer = new Viewer();
        viewers.add(viewer);
        visits++;
        if (watch == null) {
            watch = records.watch(this);
        } else {
            viewer.tell(event(snapshot()));
            viewer.tell(event(figures.json(progress)));
        }
        return viewer;
    }

    private synchronized void leave(Viewer viewer) {
        viewers.remove(viewer);
        if (viewers.isEmpty()) {
            long visit = visits;
            var unused = Mono.delay(STAY).subscribe(later -> stop(visit));
        }
    }

    /** Unless somebody came meanwhile. */
    private synchronized void stop(long visit) {
        LiveRecords.Watch running = watch;
        if (running != null && viewers.isEmpty() && visits == visit) {
            running.close();
            watch = null;
        }
    }

    private ObjectNode snapshot() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("what", "snapshot");
        json.set("requests", requests.json());
        json.set("letters", letters.json());
        return json;
    }

    @Override
    public synchronized void onBegin() {
        requests.clear();
        letters.clear();
        changes.clear();
        tell(event(snapshot()));
    }

    @Override
    public synchronized void onRecord(ConsumerRecord<byte[], byte[]> message) {
        Consumer<ObjectNode> change = changes::add;
        if (message.topic().equals(topics.prompts())) {
            requests.onPrompt(message, change);
        } else if (message.topic().equals(topics.tokens())) {
            requests.onTokens(message, change);
        } else if (message.topic().equals(topics.completions())) {
            requests.onCompletion(message, change);
        } else {
            requests.onDeadLetter(message, change);
            changes.add(
                    JsonNodeFactory.instance.objectNode().put("what", "letter").set("letter", letters.add(message)));
        }
    }

    @Override
    public synchronized void onProgress(List<Progress> partitions) {
        progress = partitions;
    }

    @Override
    public synchronized void onTurn() {
        long now = System.nanoTime();
        if (now - lastTurn >= TURN_NANOS) {
            flush();
            lastTurn = now;
        }
        if (now - lastFigures >= FIGURES_NANOS) {
            tell(event(figures.json(progress)));
            lastFigures = now;
        }
    }

    @Override
    public synchronized void onTrouble(String why) {
        tell(event(JsonNodeFactory.instance.objectNode().put("what", "trouble").put("why", why)));
    }

    private void flush() {
        if (changes.isEmpty()) {
            return;
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("what", "changes");
        ArrayNode all = json.putArray("changes");
        joined(changes).forEach(all::add);
        changes = new ArrayList<>();
        tell(event(json));
    }

    /** Tokens of one request that come after each other are one change. */
    private static List<ObjectNode> joined(List<ObjectNode> changes) {
        List<ObjectNode> all = new ArrayList<>();
        Map<String, ObjectNode> tokens = new HashMap<>();
        for (ObjectNode each : changes) {
            String key = each.path("key").asText();
            ObjectNode before = tokens.get(key);
            if (!each.path("what").asText().equals("tokens")) {
                tokens.remove(key);
                all.add(each);
            } else if (before == null) {
                tokens.put(key, each);
                all.add(each);
            } else {
                before.put(
                        "text", before.path("text").asText() + each.path("text").asText());
                before.set("tokens", each.path("tokens"));
                before.set("choices", each.path("choices"));
            }
        }
        return all;
    }

    private void tell(byte[] event) {
        List.copyOf(viewers).forEach(viewer -> viewer.tell(event));
    }

    private static byte[] event(ObjectNode json) {
        return ("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        LiveRecords.Watch running;
        synchronized (this) {
            closed = true;
            List.copyOf(viewers).forEach(viewer -> viewer.gone.tryEmitEmpty());
            running = watch;
            watch = null;
        }
        if (running != null) {
            running.close();
            running.join();
        }
    }
}
