package io.causalstreams.it;

import io.causalstreams.app.EmbeddedBroker;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/** The brokers that suites run against. */
final class Brokers {
    static final String IMAGE = "apache/kafka:4.3.1";

    private Brokers() {}

    /** A running broker; closing it ends it. */
    interface Broker extends AutoCloseable {
        String bootstrapServers();

        @Override
        void close();
    }

    /** In this JVM. */
    static Broker embedded() {
        EmbeddedBroker broker = EmbeddedBroker.start();
        return new Broker() {
            @Override
            public String bootstrapServers() {
                return broker.bootstrapServers();
            }

            @Override
            public void close() {
                broker.close();
            }
        };
    }

    /** Whether a Docker engine answers here. */
    static boolean dockerAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Without Docker the test is skipped; but where {@code DOCKER_HOST} promises an engine to CI, it fails. */
    static void requireDocker() {
        if (dockerAnswers()) {
            return;
        }
        if (System.getenv("CI") != null && System.getenv("DOCKER_HOST") != null) {
            throw new AssertionError("Docker does not answer, and CI must run this test");
        }
        Assumptions.abort("skipped: Docker does not answer");
    }

    /** The public image. */
    static Broker container() {
        requireDocker();
        KafkaContainer container = new KafkaContainer(IMAGE).withStartupTimeout(Duration.ofMinutes(3));
        container.start();
        return new Broker() {
            @Override
            public String bootstrapServers() {
                return container.getBootstrapServers();
            }

            @Override
            public void close() {
                container.close();
            }
        };
    }
}
