package io.causalstreams.it;

import io.causalstreams.app.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.MountableFile;

/**
 * A broker with SASL/SCRAM-SHA-512, TLS and Kafka's own authorizer, which denies what no ACL allows.
 *
 * <pre>
 *  SECURE    SASL_SSL, certificate for localhost            what serve uses
 *  MISNAMED  SASL_SSL, certificate for another host         what serve must refuse
 *  INNER     plain, its user may do everything              the test's own view, and the broker's tools
 * </pre>
 */
final class SecuredBroker implements AutoCloseable {
    static final String USER = "serve";
    static final String PASSWORD = "user-password-5519";

    // the same for all brokers of a JVM
    private static final Certificates CERTIFICATES = new Certificates();
    private static final Path BROKER_KEYS = CERTIFICATES.keyStore("broker", "dns:localhost,ip:127.0.0.1");
    private static final Path MISNAMED_KEYS = CERTIFICATES.keyStore("misnamed", "dns:broker.elsewhere.example");
    private static final Path TRUSTED = CERTIFICATES.trustStore("trusted", "broker", "misnamed");
    private static final Path OTHERS = trustOthers();

    private final Map<String, Integer> ports = new LinkedHashMap<>();

    private @Nullable EmbeddedBroker embedded;
    private @Nullable GenericContainer<?> container;

    private SecuredBroker() {
        for (String listener : List.of("SECURE", "MISNAMED", "INNER", "CONTROLLER")) {
            ports.put(listener, FreePort.find());
        }
    }

    /** In this JVM. */
    static SecuredBroker embedded() {
        SecuredBroker broker = new SecuredBroker();
        broker.embedded = EmbeddedBroker.start(0, null, broker.settings("127.0.0.1", CERTIFICATES.directory()));
        broker.createUser();
        return broker;
    }

    /** The public image. */
    static SecuredBroker container() {
        Brokers.requireDocker();
        SecuredBroker broker = new SecuredBroker();
        Path inside = Path.of("/tmp/certificates");
        Map<String, String> environment = new HashMap<>();
        broker.settings("0.0.0.0", inside).forEach((key, value) -> environment.put(variable(key), value));
        environment.put("KAFKA_PROCESS_ROLES", "broker,controller");
        environment.put("KAFKA_NODE_ID", "1");
        environment.put("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER");
        GenericContainer<?> container = new FixedPorts(Brokers.IMAGE, broker.ports)
                .withEnv(environment)
                .waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1))
                .withStartupTimeout(Duration.ofMinutes(3));
        for (Path store : List.of(BROKER_KEYS, MISNAMED_KEYS)) {
            container.withCopyFileToContainer(
                    MountableFile.forHostPath(store, 0644),
                    inside.resolve(store.getFileName()).toString());
        }
        container.start();
        broker.container = container;
        broker.createUser();
        return broker;
    }

    String secure() {
        return "localhost:" + ports.get("SECURE");
    }

    String misnamed() {
        return "localhost:" + ports.get("MISNAMED");
    }

    /** For those who may do everything. */
    String inner() {
        return "localhost:" + ports.get("INNER");
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", inner()));
    }

    /** Settings of a client that comes as {@link #USER} and trusts this broker. */
    Map<String, String> clientSettings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("security.protocol", "SASL_SSL");
        settings.put("sasl.mechanism", "SCRAM-SHA-512");
        settings.put("sasl.jaas.config", login(PASSWORD));
        settings.put("ssl.truststore.location", TRUSTED.toString());
        settings.put("ssl.truststore.password", Certificates.PASSWORD);
        settings.put("ssl.truststore.type", "PKCS12");
        return settings;
    }

    /** Trusts somebody else. */
    Path othersTrustStore() {
        return OTHERS;
    }

    static String login(String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER + "\" password=\""
                + password + "\";";
    }

    boolean hasTools() {
        return container != null;
    }

    /** Runs a command line of the broker's own tools in its container. */
    void runTool(String commandLine) {
        if (container == null) {
            throw new IllegalStateException("this broker has no tools");
        }
        try {
            var result = container.execInContainer("bash", "-c", "PATH=$PATH:/opt/kafka/bin; " + commandLine);
            if (result.getExitCode() != 0) {
                throw new AssertionError(commandLine + " failed: " + result.getStdout() + result.getStderr());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Map<String, String> settings(String bind, Path stores) {
        Map<String, String> settings = new HashMap<>();
        settings.put("listeners", listeners(bind, List.copyOf(ports.keySet())));
        settings.put("advertised.listeners", listeners("localhost", List.of("SECURE", "MISNAMED", "INNER")));
        settings.put(
                "listener.security.protocol.map",
                "SECURE:SASL_SSL,MISNAMED:SASL_SSL,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "INNER");
        settings.put("controller.quorum.voters", "1@localhost:" + ports.get("CONTROLLER"));
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("super.users", "User:ANONYMOUS");
        settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        secure(settings, "secure", stores.resolve(BROKER_KEYS.getFileName()));
        secure(settings, "misnamed", stores.resolve(MISNAMED_KEYS.getFileName()));
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(topic + ".replication.factor", "1");
            settings.put(topic + ".num.partitions", "4");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // members and transactions of a killed process are given up after seconds
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("group.streams.min.session.timeout.ms", "1000");
        settings.put("group.streams.session.timeout.ms", "3000");
        settings.put("group.streams.min.heartbeat.interval.ms", "500");
        settings.put("group.streams.heartbeat.interval.ms", "1000");
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        return settings;
    }

    private static void secure(Map<String, String> settings, String listener, Path keyStore) {
        String prefix = "listener.name." + listener + ".";
        settings.put(prefix + "ssl.keystore.location", keyStore.toString());
        settings.put(prefix + "ssl.keystore.password", Certificates.PASSWORD);
        settings.put(prefix + "ssl.keystore.type", "PKCS12");
        settings.put(
                prefix + "scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    }

    private String listeners(String host, List<String> names) {
        return String.join(
                ",",
                names.stream()
                        .map(name -> name + "://" + host + ":" + ports.get(name))
                        .toList());
    }

    /** As the image documents: a dot is one underscore, an underscore two, a dash three. */
    private static String variable(String key) {
        return "KAFKA_"
                + key.replace("_", "__").replace("-", "___").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private void createUser() {
        ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        try (Admin admin = admin()) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(USER, info, PASSWORD)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new AssertionError("the user cannot be created", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Path trustOthers() {
        CERTIFICATES.keyStore("somebody", "dns:localhost");
        return CERTIFICATES.trustStore("others", "somebody");
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
        if (container != null) {
            container.close();
        }
    }

    /** A broker advertises its address before it knows a mapped port, so the ports are the same inside and outside. */
    private static final class FixedPorts extends GenericContainer<FixedPorts> {
        FixedPorts(String image, Map<String, Integer> ports) {
            super(image);
            ports.forEach((listener, port) -> addFixedExposedPort(port, port));
        }
    }
}
