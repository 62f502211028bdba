package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.http.HttpDoorSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** OpenAI's HTTP API over the topics. */
final class HttpOptions {
    private static final int MAX_BODY_BYTES = 2 << 20;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Answers OpenAI's API (/v1/chat/completions, …) over the topics, for example on 8080;"
                    + " default 0 = off.")
    private int port;

    @Option(
            names = "--http-host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Address that port is bound to; default ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(
            names = "--http-keys",
            paramLabel = "FILE",
            description =
                    "Bearer tokens, a line NAME KEY [requests=N] [tokens-per-minute=N] [console] for each; read again when"
                            + " it has changed.")
    private @Nullable Path keys;

    @Option(names = "--http-open", description = "Without --http-keys, too, others than this machine may ask.")
    private boolean open;

    @Option(
            names = "--http-console",
            description =
                    "A page at /console shows everybody's requests, backlog, latencies and dead letters, and sends"
                            + " those again; with --http-keys to keys with the word console.")
    private boolean console;

    @Option(
            names = "--http-certificate",
            paramLabel = "FILE",
            description = "PEM: the server's certificate and those that signed it; with it the port speaks TLS.")
    private @Nullable Path certificate;

    @Option(names = "--http-private-key", paramLabel = "FILE", description = "PEM (PKCS#8): the certificate's key.")
    private @Nullable Path privateKey;

    @Option(
            names = "--http-max-requests",
            paramLabel = "N",
            defaultValue = "256",
            description = "Answered at once, more are told to come back (429); default ${DEFAULT-VALUE}.")
    private int maxRequests;

    @Option(
            names = "--http-max-connections",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Open at once, more are closed; default ${DEFAULT-VALUE}.")
    private int maxConnections;

    @Option(
            names = "--http-grace",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long a client whose stream was cut may resume before its request is cancelled;"
                    + " default ${DEFAULT-VALUE}.")
    private int graceSeconds;

    /**
     * Null when nobody asked for it.
     *
     * @throws AppException if the settings do not go together
     */
    @Nullable
    HttpDoorSettings settings() {
        if (port == 0) {
            return null;
        }
        if ((certificate == null) != (privateKey == null)) {
            throw new AppException("--http-certificate and --http-private-key go together; give both or none");
        }
        HttpDoorSettings.Tls tls =
                certificate == null || privateKey == null ? null : new HttpDoorSettings.Tls(certificate, privateKey);
        return new HttpDoorSettings(
                host,
                port,
                keys,
                open,
                tls,
                maxRequests,
                maxConnections,
                MAX_BODY_BYTES,
                console,
                Duration.ofSeconds(graceSeconds));
    }
}
