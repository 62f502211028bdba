package io.causalstreams.examples.quarkus;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.CausalStreams;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;

/** Labels tickets: topic {@code tickets} in, topic {@code labels} out. Prompt events are answered beside it. */
@ApplicationScoped
public class TicketTriage {

    @Produces
    Topology topology(CausalStreams causal) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> tickets = builder.stream("tickets", Consumed.with(Serdes.String(), Serdes.String()));
        causal.ask(tickets, ticket -> GenerationRequest.chat("What is this ticket about?\n\n" + ticket, 1))
                .classify("payment", "login", "delivery")
                .mapValues(it -> String.valueOf(it.label()))
                .to("labels", Produced.with(Serdes.String(), Serdes.String()));
        causal.attachTo(builder);
        return builder.build();
    }
}
