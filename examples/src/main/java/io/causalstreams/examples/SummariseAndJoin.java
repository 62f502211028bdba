package io.causalstreams.examples;

import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.event.CompletionEvent;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Produced;
import org.jspecify.annotations.Nullable;

/**
 * Summarises each review of a product and joins the product's name to it.
 *
 * <p>A record that was asked about keeps its key, headers and timestamp, so it joins and windows like any other, and Kafka
 * Streams does not repartition before the join.
 */
public final class SummariseAndJoin {

    static final String REVIEWS = "reviews";
    static final String PRODUCTS = "products";
    static final String DIGESTS = "digests";

    private static final FewShot QUESTION = new FewShot(
            "Say in one short sentence what the review says.",
            List.of(
                    "These shoes are light and warm, and they fit well. They came a week late, though, and nobody"
                            + " answered my mails.",
                    "Light, warm shoes that fit; late delivery and no answers.",
                    "The lamp is bright enough to read by. After two months the switch broke, and the shop sent a new"
                            + " one at once.",
                    "A bright lamp; the switch broke, and the shop replaced it."));

    /** A review in short; the summary is null when the model failed on it. */
    record Digest(String product, @Nullable String summary, String review) {}

    /** A review and its summary. */
    record Summarised(@Nullable String summary, String review) {

        static Summarised of(String review, CompletionEvent completion) {
            return new Summarised(completion.error() == null ? completion.content() : null, review);
        }
    }

    private SummariseAndJoin() {}

    static Example example() {
        return new Example(
                "summarise-and-join",
                List.of(REVIEWS, PRODUCTS),
                List.of(DIGESTS),
                Map.of(),
                SummariseAndJoin::topology);
    }

    /** Keys of all topics: the product's number. */
    static Topology topology(CausalStreams causal) {
        Serde<String> text = Serdes.String();
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> reviews = builder.stream(REVIEWS, Consumed.with(text, text));
        KTable<String, String> products = builder.table(PRODUCTS, Consumed.with(text, text));
        causal.ask(reviews, review -> QUESTION.ask(review, 32))
                .join(Summarised::of)
                .join(
                        products,
                        (it, product) -> new Digest(product, it.summary(), it.review()),
                        Joined.with(text, new JsonSerde<>(Summarised.class), text))
                .to(DIGESTS, Produced.with(text, new JsonSerde<>(Digest.class)));
        return builder.build();
    }

    public static void main(String[] arguments) throws InterruptedException {
        example().run(arguments);
    }
}
