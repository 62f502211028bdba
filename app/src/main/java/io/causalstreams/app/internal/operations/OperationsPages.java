package io.causalstreams.app.internal.operations;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.topology.RequestStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pages {@code /metrics}, {@code /health}, {@code /live} and {@code /status/<id>}. None shows a prompt; generated text only with
 * {@code statusText}.
 *
 * <p>Threading: any thread.
 */
public final class OperationsPages {
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final String JSON_TYPE = "application/json";
    private static final String STATUS = "/status/";

    private final ObjectMapper json = new ObjectMapper();
    private final PrometheusMeterRegistry meters;
    private final boolean statusText;
    private volatile @Nullable RunningOperator operator;

    /** @param statusText whether {@code /status/<id>} shows the text generated so far */
    public OperationsPages(PrometheusMeterRegistry meters, boolean statusText) {
        this.meters = meters;
        this.statusText = statusText;
    }

    /** From now on the pages report {@code running}; before, that it is starting. */
    public void show(RunningOperator running) {
        operator = running;
    }

    /** The page of a decoded path. */
    Page at(String path) {
        if (path.equals("/metrics")) {
            return new Page(200, METRICS_TYPE, meters.scrape(METRICS_TYPE));
        }
        if (path.equals("/health")) {
            Health health = health();
            return state(health, health.isUp());
        }
        if (path.equals("/live")) {
            Health health = health();
            return state(health, health.isLive());
        }
        if (path.startsWith(STATUS) && path.length() > STATUS.length()) {
            return status(path.substring(STATUS.length()));
        }
        return error(404, "no such page; there are /metrics, /health, /live and /status/<id>");
    }

    Page error(int code, String message) {
        return page(code, json.createObjectNode().put("error", message));
    }

    private Health health() {
        RunningOperator running = operator;
        return running == null ? Health.STARTING : running.health();
    }

    private Page state(Health health, boolean up) {
        return page(
                up ? 200 : 503,
                json.createObjectNode()
                        .put("status", up ? "UP" : "DOWN")
                        .put("streams", health.streams())
                        .put("engine", health.engine() ? "UP" : "DOWN"));
    }

    private Page status(String id) {
        RunningOperator running = operator;
        Optional<RequestStatus> known = running == null ? Optional.empty() : running.status(id);
        return known.map(this::status)
                .orElseGet(() -> error(404, "not in flight in this process: finished, unknown, or another's"));
    }

    private Page status(RequestStatus status) {
        ObjectNode body = json.createObjectNode()
                .put("id", status.id())
                .put("state", status.state().name().toLowerCase(Locale.ROOT))
                .put("waited_ms", status.waitedMs())
                .put("tokens", status.tokens());
        if (statusText) {
            ArrayNode texts = body.putArray("texts");
            status.texts().forEach(texts::add);
        }
        return page(200, body);
    }

    private static Page page(int code, ObjectNode body) {
        return new Page(code, JSON_TYPE, body + "\n");
    }

    /** An answer. */
    record Page(int code, String contentType, String body) {}
}
