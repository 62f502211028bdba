package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.Directories;
import io.causalstreams.app.internal.ErrorLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * A one-node Kafka (KRaft, combined roles) inside this JVM, for development, demos and tests. Listens on loopback only.
 *
 * <p>The first start in a JVM takes seconds, later ones less than one. Threading: start and close from any one thread.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int NODE_ID = 1;

    /** Partitions of topics that are created on first use. */
    static final int DEFAULT_PARTITIONS = 4;

    private final KafkaRaftServer server;
    private final int port;
    private final @Nullable Path temporaryDirectory;

    private EmbeddedBroker(KafkaRaftServer server, int port, @Nullable Path temporaryDirectory) {
        this.server = server;
        this.port = port;
        this.temporaryDirectory = temporaryDirectory;
    }

    /** Starts on a free port, with data that {@link #close()} deletes. */
    public static EmbeddedBroker start() {
        return start(0, null);
    }

    /**
     * Starts a broker and returns when it takes requests.
     *
     * @param port 0 = any free one
     * @param dataDirectory kept, and continued when it already holds a broker's data; null = a temporary one
     * @throws AppException if the port is in use or the directory cannot be used
     */
    public static EmbeddedBroker start(int port, @Nullable Path dataDirectory) {
        return start(port, dataDirectory, Map.of());
    }

    /**
     * Starts a broker with settings of its own: listeners with TLS, say, or an authorizer. One at a time in a JVM: free ports
     * are looked for first, and opened then.
     *
     * @param settings of Kafka's broker; they replace this class's
     * @throws AppException if the port is in use or the directory cannot be used
     */
    public static synchronized EmbeddedBroker start(
            int port, @Nullable Path dataDirectory, Map<String, String> settings) {
        int brokerPort = claim(port);
        Path directory = null;
        try {
            directory = dataDirectory == null ? Files.createTempDirectory("causal-streams-broker-") : dataDirectory;
            Files.createDirectories(directory);
            format(directory);
            Map<String, Object> configuration = configuration(brokerPort, claim(0), directory);
            configuration.putAll(settings);
            KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(configuration, false), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(server, brokerPort, dataDirectory == null ? directory : null);
        } catch (IOException e) {
            throw new AppException("the broker cannot use " + directory + ": " + ErrorLine.of(e), e);
        }
    }

    /** For {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    public int port() {
        return port;
    }

    /** Blocks until another thread closes the broker. */
    public void awaitClose() {
        server.awaitShutdown();
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        if (temporaryDirectory != null) {
            Directories.deleteQuietly(temporaryDirectory);
        }
    }

    /**
     * Returns {@code port}, or a free one for 0. Kafka halts the JVM when it cannot bind, so look before it does.
     */
    private static int claim(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AppException(
                    "port " + port + " of " + HOST + " cannot be opened (" + e.getMessage()
                            + "); choose another one with --port",
                    e);
        }
    }

    private static void format(Path directory) throws IOException {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        Formatter formatter = new Formatter()
                .setPrintStream(new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .setDirectories(List.of(directory.toString()))
                .setMetadataLogDirectory(directory.toString())
                .setControllerListenerName("CONTROLLER");
        try {
            formatter.run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new AppException("the broker cannot use " + directory + ": " + ErrorLine.of(e), e);
        }
    }

    private static Map<String, Object> configuration(int port, int controllerPort, Path directory) {
        Map<String, Object> config = new HashMap<>();
        config.put("process.roles", "broker,controller");
        config.put("node.id", NODE_ID);
        config.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
        config.put("controller.listener.names", "CONTROLLER");
        config.put("listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        config.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        config.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        config.put("log.dirs", directory.toString());
        config.put("num.partitions", DEFAULT_PARTITIONS);
        config.put("group.initial.rebalance.delay.ms", 0);
        // a killed operator is noticed, and its open transaction ended, in seconds and with both group protocols
        config.put("group.min.session.timeout.ms", 1_000);
        config.put("group.streams.min.session.timeout.ms", 1_000);
        config.put("group.streams.session.timeout.ms", 6_000);
        config.put("group.streams.min.heartbeat.interval.ms", 500);
        config.put("group.streams.heartbeat.interval.ms", 2_000);
        config.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", 1_000);
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            config.put(topic + ".replication.factor", (short) 1);
            config.put(topic + ".num.partitions", 4);
        }
        config.put("transaction.state.log.min.isr", 1);
        config.put("share.coordinator.state.topic.min.isr", (short) 1);
        config.put("log.cleaner.dedupe.buffer.size", 8L * 1024 * 1024); // heap, 128 MiB by default
        return config;
    }
}
