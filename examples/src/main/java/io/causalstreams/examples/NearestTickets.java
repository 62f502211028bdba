package io.causalstreams.examples;

import io.causalstreams.inference.Embedding;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.Embedded;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * Finds for each ticket the earlier ones that are nearest in meaning.
 *
 * <p>The vectors of earlier tickets are in a state store, a ring of the latest of each partition, and all of them are compared:
 * some milliseconds for ten thousand. Store, neighbours and the request's journal are one transaction. The key decides what is compared with what, by the partition it chooses: here the product.
 */
public final class NearestTickets {

    static final String TICKETS = "product-tickets";
    static final String NEAREST = "product-tickets-nearest";

    private static final String SEEN = "tickets-seen";
    private static final int KEPT = 10_000;
    private static final int SHOWN = 3;

    private NearestTickets() {}

    /** An earlier ticket, with its similarity, -1..1. */
    record Neighbour(String ticket, double similarity) {}

    /** A ticket and the earlier ones nearest to it, the nearest first. */
    record Found(String ticket, List<Neighbour> nearest) {}

    /**
     * What is kept of a ticket.
     *
     * @param last whether it is the latest: the ring goes on behind it
     */
    record Seen(String product, String ticket, Embedding embedding, boolean last) {
        Seen before() {
            return new Seen(product, ticket, embedding, false);
        }
    }

    static Example example() {
        return new Example("nearest-tickets", List.of(TICKETS), List.of(NEAREST), Map.of(), NearestTickets::topology);
    }

    /** Keys: the product; values: the ticket's text. */
    static Topology topology(CausalStreams causal) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(SEEN), Serdes.Integer(), new JsonSerde<>(Seen.class)));
        KStream<String, String> tickets = builder.stream(TICKETS, Consumed.with(Serdes.String(), Serdes.String()))
                .filter((product, ticket) -> ticket != null);
        causal.ask(tickets, GenerationRequest::embed)
                .inKeyOrder()
                .embed()
                .processValues(Finder::new, SEEN)
                .to(NEAREST, Produced.with(Serdes.String(), new JsonSerde<>(Found.class)));
        return builder.build();
    }

    /** Compares, then keeps. One per task: a task that is taken over, or whose transaction fails, begins again with the store. */
    @SuppressWarnings("NullAway.Init") // set by init
    private static final class Finder implements FixedKeyProcessor<String, Embedded<String>, Found> {
        private final List<Seen> earlier = new ArrayList<>();
        private FixedKeyProcessorContext<String, Found> context;
        private KeyValueStore<Integer, Seen> store;
        private int next;

        @Override
        public void init(FixedKeyProcessorContext<String, Found> context) {
            this.context = context;
            this.store = context.getStateStore(SEEN);
            try (KeyValueIterator<Integer, Seen> seen = store.all()) { // in the order of their places
                seen.forEachRemaining(entry -> {
                    earlier.add(entry.value);
                    next = entry.value.last() ? (entry.key + 1) % KEPT : next;
                });
            }
        }

        @Override
        public void process(FixedKeyRecord<String, Embedded<String>> record) {
            String ticket = record.value().value();
            Embedding embedding = record.value().embedding();
            if (embedding == null) {
                context.forward(record.withValue(new Found(ticket, List.of()))); // what failed has no neighbours
                return;
            }
            context.forward(record.withValue(new Found(ticket, nearest(record.key(), embedding))));
            keep(new Seen(record.key(), ticket, embedding, true));
        }

        private List<Neighbour> nearest(String product, Embedding embedding) {
            return earlier.stream()
                    .filter(seen -> seen.product().equals(product))
                    .map(seen -> new Neighbour(seen.ticket(), embedding.cosine(seen.embedding())))
                    .sorted(Comparator.comparingDouble(Neighbour::similarity).reversed())
                    .limit(SHOWN)
                    .toList();
        }

        private void keep(Seen seen) {
            if (!earlier.isEmpty()) {
                put(
                        Math.floorMod(next - 1, KEPT),
                        earlier.get(Math.floorMod(next - 1, KEPT)).before());
            }
            put(next, seen);
            next = (next + 1) % KEPT;
        }

        private void put(int place, Seen seen) {
            store.put(place, seen);
            if (place == earlier.size()) {
                earlier.add(seen);
            } else {
                earlier.set(place, seen);
            }
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        example().run(arguments);
    }
}
