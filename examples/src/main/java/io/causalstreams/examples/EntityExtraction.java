package io.causalstreams.examples;

import static org.apache.kafka.streams.kstream.Branched.withConsumer;

import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.Extracted;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Makes a typed record of each mail that orders something.
 *
 * <p>The model can only write JSON of the record's form, so what arrives always has the type; whether it says what the mail
 * says depends on the model.
 */
public final class EntityExtraction {

    static final String MAILS = "mails";
    static final String ORDERS = "orders";
    static final String UNREAD = "mails-unread";

    private static final FewShot QUESTION = new FewShot(
            "Write the order in the mail as JSON.",
            List.of(
                    "We need 3 office chairs in Lyon by Friday.",
                    "{\"product\": \"office chairs\", \"quantity\": 3, \"city\": \"Lyon\"}",
                    "Could you deliver 40 bags of flour to the bakery in Turin? Thank you!",
                    "{\"product\": \"bags of flour\", \"quantity\": 40, \"city\": \"Turin\"}"));

    /** What a mail orders. */
    record Order(String product, int quantity, String city) {}

    private EntityExtraction() {}

    static Example example() {
        return new Example(
                "entity-extraction", List.of(MAILS), List.of(ORDERS, UNREAD), Map.of(), EntityExtraction::topology);
    }

    static Topology topology(CausalStreams causal) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> mails = builder.stream(MAILS, Consumed.with(Serdes.String(), Serdes.String()))
                .filter((key, mail) -> mail != null);
        causal.ask(mails, mail -> QUESTION.ask(mail, 64))
                .extract(Order.class)
                .split()
                .branch(
                        (key, it) -> it.found() != null,
                        withConsumer(read -> read.mapValues(Extracted::found)
                                .to(ORDERS, Produced.with(Serdes.String(), new JsonSerde<>(Order.class)))))
                .defaultBranch(withConsumer(unread -> unread.mapValues(Extracted::value)
                        .to(UNREAD, Produced.with(Serdes.String(), Serdes.String()))));
        return builder.build();
    }

    public static void main(String[] arguments) throws InterruptedException {
        example().run(arguments);
    }
}
