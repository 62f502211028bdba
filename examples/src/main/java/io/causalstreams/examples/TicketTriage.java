package io.causalstreams.examples;

import static org.apache.kafka.streams.kstream.Branched.withConsumer;

import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.Classified;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Sends each ticket to the queue it belongs to, and what the model is not sure about to people.
 *
 * <p>The labels are scored behind the prompt; nothing is generated, so nothing has to be parsed.
 */
public final class TicketTriage {

    static final String TICKETS = "tickets";
    static final String PAYMENT = "tickets-payment";
    static final String SOFTWARE = "tickets-software";
    static final String REVIEW = "tickets-review";

    private static final double SURE = 0.6;
    private static final FewShot QUESTION = new FewShot(
            "Is the ticket about payment or software?",
            List.of(
                    "I was charged twice this month.", "payment",
                    "The app crashes when I open it.", "software",
                    "Please send me an invoice for my last order.", "payment",
                    "I get an error when I upload a file.", "software",
                    "My refund has not arrived.", "payment",
                    "The page stays empty after I log in.", "software"));

    private TicketTriage() {}

    static Example example() {
        return new Example(
                "ticket-triage",
                List.of(TICKETS),
                List.of(PAYMENT, SOFTWARE, REVIEW),
                Map.of(),
                TicketTriage::topology);
    }

    static Topology topology(CausalStreams causal) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> tickets = builder.stream(TICKETS, Consumed.with(Serdes.String(), Serdes.String()))
                .filter((key, ticket) -> ticket != null);
        causal.ask(tickets, ticket -> QUESTION.ask(ticket, 1))
                .classify("payment", "software")
                .split()
                .branch((key, it) -> it.probability() < SURE, withConsumer(unsure -> write(unsure, REVIEW)))
                .branch((key, it) -> it.is("payment"), withConsumer(payment -> write(payment, PAYMENT)))
                .defaultBranch(withConsumer(software -> write(software, SOFTWARE)));
        return builder.build();
    }

    private static void write(KStream<String, Classified<String>> tickets, String topic) {
        tickets.mapValues(Classified::value).to(topic, Produced.with(Serdes.String(), Serdes.String()));
    }

    public static void main(String[] arguments) throws InterruptedException {
        example().run(arguments);
    }
}
