package io.causalstreams.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.CausalStreams;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafkaStreams;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;

class CausalStreamsAutoConfigurationTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(KafkaAutoConfiguration.class, CausalStreamsAutoConfiguration.class));
    private final ApplicationContextRunner withStreams = application
            .withUserConfiguration(Tickets.class)
            .withPropertyValues(
                    "spring.kafka.streams.application-id=tickets", "spring.kafka.streams.auto-startup=false");

    @Configuration(proxyBeanMethods = false)
    @EnableKafkaStreams
    static class Tickets {
        @Bean
        GenerationEngine engine() {
            return ScriptedEngine.saying(request -> "payment");
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @Bean
        KStream<String, String> triage(StreamsBuilder builder, CausalStreams causal) {
            KStream<String, String> tickets =
                    builder.stream("tickets", Consumed.with(Serdes.String(), Serdes.String()));
            causal.ask(tickets, ticket -> GenerationRequest.chat(ticket, 1))
                    .classify("payment", "login")
                    .mapValues(it -> String.valueOf(it.label()))
                    .to("labels", Produced.with(Serdes.String(), Serdes.String()));
            return tickets;
        }
    }

    @Test
    void shouldPutOperatorsIntoTheApplicationsTopology() {
        withStreams.run(context -> {
            String topology = topology(context.getBean(StreamsBuilderFactoryBean.class));
            assertThat(topology).contains("topics: [tickets]", "causal-streams").doesNotContain("[prompts]");
        });
    }

    @Test
    void shouldAnswerPromptEventsWhereItIsAskedTo() {
        withStreams
                .withPropertyValues("causal.streams.answer-prompts=true", "causal.streams.prompts.topic=questions")
                .run(context -> assertThat(topology(context.getBean(StreamsBuilderFactoryBean.class)))
                        .contains("topics: [questions]", "topic: completions", "topics: [tickets]"));
    }

    @Test
    void shouldNameASettingThatIsWrong() {
        withStreams
                .withPropertyValues("causal.streams.max.in.flight.requests=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("causal.streams.max.in.flight.requests"));
    }

    @Test
    void shouldUseTheApplicationsMeters() {
        withStreams.run(
                context -> assertThat(context.getBean(MeterRegistry.class).getMeters())
                        .anyMatch(meter -> meter.getId().getName().startsWith("causal.streams.")));
    }

    @Test
    void shouldGiveKafkaStreamsWhatTheOperatorsNeed() {
        withStreams.run(context -> {
            StreamsBuilderFactoryBean factory = context.getBean(StreamsBuilderFactoryBean.class);
            Properties properties = new Properties();
            properties.putAll(factory.getStreamsConfiguration());
            Properties configured = context.getBean(CausalStreams.class).configure(properties);
            assertThat(configured)
                    .containsEntry("processing.guarantee", "exactly_once_v2")
                    .containsEntry("application.id", "tickets");
        });
    }

    @Test
    void shouldSayWhatToSetWhereThereIsNoModel() {
        application.run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("set causal.streams.model to the directory of an exported model"));
    }

    @Test
    void shouldBeHealthyWhileTheEngineTakesRequests() {
        application
                .withBean(GenerationEngine.class, () -> ScriptedEngine.saying(request -> "yes"))
                .run(context -> {
                    assertThat(health(context).getStatus()).isEqualTo(Status.UP);
                    assertThat(health(context).getDetails()).containsKeys("models", "slots", "running", "waiting");

                    context.getBean(GenerationEngine.class).close();
                    assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
                });
    }

    private static Health health(ApplicationContext context) {
        return Objects.requireNonNull(context.getBean(HealthIndicator.class).health());
    }

    private static String topology(StreamsBuilderFactoryBean factory) {
        return String.valueOf(factory.getTopology().describe());
    }
}
