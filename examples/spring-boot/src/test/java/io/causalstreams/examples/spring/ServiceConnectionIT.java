package io.causalstreams.examples.spring;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/** The application on a broker that Testcontainers starts and connects it to. */
class ServiceConnectionIT {

    /** Not found by the scan for components: only this test has it. */
    static class Containers {
        @Bean
        @ServiceConnection
        KafkaContainer kafka() {
            return new KafkaContainer("apache/kafka:4.3.1");
        }
    }

    @Test
    void shouldFindTheBrokerByItsServiceConnection() throws Exception {
        requireDocker();
        try (ConfigurableApplicationContext application = new SpringApplicationBuilder(
                        TicketTriageApplication.class, Containers.class)
                .run("--causal.streams.model=" + TriageCheck.model(), "--spring.kafka.streams.auto-startup=false")) {
            String servers = application.getBean(KafkaContainer.class).getBootstrapServers();
            TriageCheck.createTopics(servers);
            application.getBean(StreamsBuilderFactoryBean.class).start();

            TriageCheck.run(servers);
        }
    }

    /** Without Docker the test is skipped; but where {@code DOCKER_HOST} promises an engine to CI, it fails. */
    private static void requireDocker() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            if (System.getenv("CI") != null && System.getenv("DOCKER_HOST") != null) {
                throw new AssertionError("Docker does not answer, and CI must run this test");
            }
            Assumptions.abort("skipped: Docker does not answer");
        }
    }
}
