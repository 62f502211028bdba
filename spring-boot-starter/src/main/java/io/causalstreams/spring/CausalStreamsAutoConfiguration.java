package io.causalstreams.spring;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.annotation.KafkaStreamsDefaultConfiguration;
import org.springframework.kafka.config.KafkaStreamsConfiguration;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;
import org.springframework.kafka.config.StreamsBuilderFactoryBeanConfigurer;

/**
 * A {@link GenerationEngine}, and, in an application with {@code @EnableKafkaStreams}, a {@link CausalStreams} whose operators
 * stand in the application's own topology.
 *
 * <pre>{@code
 * @Bean
 * KStream<String, String> triage(StreamsBuilder builder, CausalStreams causal) {
 *     KStream<String, String> tickets = builder.stream("tickets");
 *     causal.ask(tickets, ticket -> GenerationRequest.chat(ticket, 1)).classify("payment", "login").to(…);
 *     return tickets;
 * }
 * }</pre>
 *
 * <p>When the application stops, Kafka Streams stops first, then the engine is closed: a stream thread never meets a closed
 * engine.
 */
@AutoConfiguration(after = KafkaAutoConfiguration.class)
@EnableConfigurationProperties(CausalStreamsProperties.class)
public class CausalStreamsAutoConfiguration {

    /** The models that the properties name. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    GenerationEngine generationEngine(CausalStreamsProperties properties) {
        return new Engines(GenerationEngine::open).open(properties);
    }

    /** Operators in the topology of {@code @EnableKafkaStreams}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(name = KafkaStreamsDefaultConfiguration.DEFAULT_STREAMS_CONFIG_BEAN_NAME)
    static class Streams {

        /** With the settings of Kafka Streams and those below {@code causal.streams}, and the application's meters and spans. */
        @Bean
        @ConditionalOnMissingBean
        CausalStreams causalStreams(
                GenerationEngine engine,
                KafkaStreamsConfiguration streams,
                Environment environment,
                ObjectProvider<MeterRegistry> meters,
                ObjectProvider<OpenTelemetry> telemetry) {
            Map<Object, Object> properties = new HashMap<>(streams.asProperties());
            properties.putAll(operatorSettings(environment));
            return new CausalStreams(
                    engine,
                    properties,
                    meters.getIfUnique(CompositeMeterRegistry::new),
                    telemetry.getIfUnique(GlobalOpenTelemetry::getOrNoop));
        }

        /** Has the factory start Kafka Streams with what the operators need. */
        @Bean
        StreamsBuilderFactoryBeanConfigurer causalStreamsConfigurer(CausalStreams causal) {
            return factory -> factory.setKafkaStreamsCustomizer(new OperatorsCustomizer(causal));
        }

        /** Prompt events are answered. */
        @Bean
        @ConditionalOnProperty("causal.streams.answer-prompts")
        InitializingBean causalStreamsPrompts(CausalStreams causal, StreamsBuilder builder) {
            return () -> causal.attachTo(builder);
        }

        private static Map<String, String> operatorSettings(Environment environment) {
            Binder binder = Binder.get(environment);
            Map<String, String> settings = new HashMap<>();
            for (String key : CausalStreamsConfig.definition().names()) {
                binder.bind(key, String.class).ifBound(value -> settings.put(key, value));
            }
            return settings;
        }
    }

    /** What the application's health says. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class Health {

        @Bean
        @ConditionalOnMissingBean(name = "causalStreamsHealthIndicator")
        HealthIndicator causalStreamsHealthIndicator(
                GenerationEngine engine, ObjectProvider<StreamsBuilderFactoryBean> factories) {
            return new CausalStreamsHealthIndicator(
                    engine,
                    () -> factories.stream()
                            .map(StreamsBuilderFactoryBean::getKafkaStreams)
                            .filter(KafkaStreams.class::isInstance)
                            .map(KafkaStreams::state)
                            .toList());
        }
    }
}
