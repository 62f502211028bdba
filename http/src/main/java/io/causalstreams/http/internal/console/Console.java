package io.causalstreams.http.internal.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.KafkaClients;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.api.Reply;
import io.causalstreams.http.internal.kafka.DeadLetters;
import io.causalstreams.http.internal.kafka.LiveRecords;
import io.causalstreams.http.internal.kafka.Prompts;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The page, what it shows, and what can be done there.
 *
 * <p>Threading: any.
 */
public final class Console implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final Map<String, String> TYPES = Map.of(
            "index.html", HTML,
            "console.css", CSS,
            "console.js", SCRIPT,
            "dom.js", SCRIPT,
            "door.js", SCRIPT,
            "requests.js", SCRIPT,
            "figures.js", SCRIPT,
            "letters.js", SCRIPT,
            "playground.js", SCRIPT,
            "icon.svg", "image/svg+xml");

    private final Map<String, Reply> files = new LinkedHashMap<>();
    private final Live live;
    private final DeadLetters deadLetters;

    /**
     * Reads nothing yet.
     *
     * @param meters of this process
     */
    public Console(KafkaClients clients, DoorTopics topics, Prompts prompts, MeterRegistry meters) {
        this.live = new Live(new LiveRecords(clients, topics), topics, new Figures(meters));
        this.deadLetters = new DeadLetters(clients, topics, prompts);
        TYPES.forEach((name, type) -> files.put(name, new Reply.Page(type, resource(name))));
    }

    private static byte[] resource(String name) {
        try (InputStream file = Console.class.getResourceAsStream("/io/causalstreams/http/console/" + name)) {
            if (file == null) {
                throw new IllegalStateException("the jar has no " + name + " of the console");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of the page, for anybody: it holds nothing of anybody's. Null when there is none of this name. */
    public @Nullable Reply file(String name) {
        return files.get(name.isEmpty() ? "index.html" : name);
    }

    /** What happens, as server-sent events. */
    public Mono<Reply> live() {
        if (!live.hasRoom()) {
            return Mono.error(
                    ApiException.tooMany(Live.MOST_VIEWERS + " look at the console already; close one of them", 10));
        }
        return Mono.just(new Reply.Events(live.events()));
    }

    /** Publishes the original of a dead letter again. */
    public Mono<Reply> sendAgain(int partition, long offset) {
        return deadLetters
                .sendAgain(partition, offset)
                .<Reply>map(sent -> {
                    ObjectNode json = JsonNodeFactory.instance
                            .objectNode()
                            .put("topic", sent.topic())
                            .put("partition", sent.partition())
                            .put("offset", sent.offset());
                    return new Reply.Whole(json.toString().getBytes(StandardCharsets.UTF_8));
                })
                .onErrorMap(Console::refusal);
    }

    private static Throwable refusal(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof DeadLetters.MissingException) {
            return ApiException.invalid(404, "not_found", message);
        }
        if (failure instanceof DeadLetters.ForeignException) {
            return ApiException.invalid(409, "not_a_prompt", message);
        }
        if (failure instanceof RejectedExecutionException) {
            return ApiException.tooMany("too many dead letters are being sent again; wait for them", 2);
        }
        if (failure instanceof KafkaException) {
            LOG.warn("a dead letter could not be sent again: {}", failure.toString());
            return ApiException.unavailable("the broker did not take it, as far as anybody knows; look at its topic"
                    + " before it is sent once more");
        }
        return failure;
    }

    /** Viewers are cut; they may look at another door. */
    @Override
    public void close() {
        live.close();
        deadLetters.close();
    }
}
