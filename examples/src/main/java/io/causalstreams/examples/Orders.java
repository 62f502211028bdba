package io.causalstreams.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.Extracted;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;

/** Adds to each mail what it orders: topic "mails" in, topic "orders" out. */
public final class Orders {

    /** What a mail orders. */
    record Order(String product, int quantity, String city) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    static Topology topology(CausalStreams causal) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> mails = builder.stream("mails", Consumed.with(Serdes.String(), Serdes.String()));
        causal.ask(mails, Orders::question)
                .extract(Order.class)
                .mapValues(Orders::enriched)
                .peek((key, mail) -> System.out.println(key + " " + mail))
                .to("orders", Produced.with(Serdes.String(), Serdes.String()));
        return builder.build();
    }

    /** Two mails with their answers, then the mail. */
    private static GenerationRequest question(String mail) {
        List<Message> chat = List.of(
                new Message("user", "We need 3 office chairs in Lyon by Friday."),
                new Message("assistant", "{\"product\": \"office chairs\", \"quantity\": 3, \"city\": \"Lyon\"}"),
                new Message("user", "Could you deliver 40 bags of flour to the bakery in Turin? Thank you!"),
                new Message("assistant", "{\"product\": \"bags of flour\", \"quantity\": 40, \"city\": \"Turin\"}"),
                new Message("user", fields(mail).path("mail").asText()));
        return GenerationRequest.of("", new Prompt.Chat(chat), SamplingParams.greedy(64));
    }

    private static String enriched(Extracted<String, Order> it) {
        return fields(it.value()).set("order", JSON.valueToTree(it.found())).toString();
    }

    private static ObjectNode fields(String mail) {
        try {
            return (ObjectNode) JSON.readTree(mail);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static void main(String[] arguments) {
        GenerationEngine engine = GenerationEngine.open(Path.of("target/model"), EngineConfig.defaults());
        CausalStreams causal =
                new CausalStreams(engine, Map.of("application.id", "orders", "bootstrap.servers", "localhost:9092"));
        KafkaStreams streams = causal.kafkaStreams(topology(causal));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close();
            engine.close();
        }));
        streams.start();
        System.out.println("Waiting for mails");
    }
}
