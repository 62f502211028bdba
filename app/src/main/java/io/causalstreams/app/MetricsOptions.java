package io.causalstreams.app;

import io.causalstreams.app.internal.operations.OperationsPages;
import io.causalstreams.app.internal.operations.OperationsServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where meters, health and the state of requests can be read. */
final class MetricsOptions {

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Answers HTTP at /metrics (Prometheus), /health, /live and /status/<id>, for example on 9404;"
                    + " default 0 = off.")
    private int port;

    @Option(
            names = "--metrics-host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Address that port is bound to; default ${DEFAULT-VALUE}, 0.0.0.0 in a container.")
    private String host = "127.0.0.1";

    @Option(
            names = "--status-text",
            description = "/status/<id> shows the text generated so far, to anyone who can reach the port.")
    private boolean statusText;

    OperationsPages pages(PrometheusMeterRegistry meters) {
        return new OperationsPages(meters, statusText);
    }

    /** Null when nobody asked for it. */
    @Nullable
    OperationsServer start(OperationsPages pages) {
        return port == 0 ? null : OperationsServer.start(host, port, pages);
    }
}
