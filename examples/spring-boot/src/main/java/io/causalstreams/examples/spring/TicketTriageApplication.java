package io.causalstreams.examples.spring;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.CausalStreams;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.annotation.EnableKafkaStreams;

/** Labels tickets: topic {@code tickets} in, topic {@code labels} out. Prompt events are answered beside it. */
@SpringBootApplication
@EnableKafkaStreams
public class TicketTriageApplication {

    public static void main(String[] args) {
        SpringApplication.run(TicketTriageApplication.class, args);
    }

    @Bean
    KStream<String, String> triage(StreamsBuilder builder, CausalStreams causal) {
        KStream<String, String> tickets = builder.stream("tickets", Consumed.with(Serdes.String(), Serdes.String()));
        causal.ask(tickets, ticket -> GenerationRequest.chat("What is this ticket about?\n\n" + ticket, 1))
                .classify("payment", "login", "delivery")
                .mapValues(it -> String.valueOf(it.label()))
                .to("labels", Produced.with(Serdes.String(), Serdes.String()));
        return tickets;
    }
}
