package io.causalstreams.topology.upgrade;

import static io.causalstreams.topology.upgrade.ScenarioRun.header;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.event.CompletionEvent;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.KStream;

/** The operators of the DSL, one in the order of its keys, with records that run and records that wait. */
final class EnrichmentScenario implements Scenario {

    /** What is extracted of an order. */
    record Order(String item, int count) {}

    @Override
    public String name() {
        return "enrichments";
    }

    @Override
    public String script(String id) {
        if (id.contains("-extract-")) {
            return "{\"item\": \"tea of " + id + "\", \"count\": 3}";
        }
        return id.contains("-classify-") ? "spam" : "A summary of " + id + ", some words long.";
    }

    @Override
    public Properties properties(GenerationEngine engine) {
        Properties properties = CausalStreams.withBackPressure(new Properties());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        properties.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        return properties;
    }

    @Override
    public void attachTo(StreamsBuilder builder, GenerationEngine engine) {
        CausalStreamsConfig two = new CausalStreamsConfig(Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 2));
        KStream<String, String> articles = builder.stream("articles");
        articles.process(CausalStreams.<String, String, String>enrich(
                                engine,
                                EnrichmentScenario::summary,
                                (article, completion) -> article + " => " + answer(completion))
                        .inKeyOrder()
                        .withConfig(two))
                .to("summaries");
        KStream<String, String> letters = builder.stream("letters");
        letters.flatMapValues(letter -> List.of(letter, letter.toUpperCase(java.util.Locale.ROOT)))
                .processValues(CausalStreams.<String, String, Order, String>extract(
                                engine,
                                Order.class,
                                letter -> CausalStreams.chat(letter, 50),
                                (letter, order) -> letter + " => " + order.value())
                        .withSerdes(Serdes.String(), Serdes.String())
                        .withConfig(two)
                        .forValues())
                .to("orders");
        KStream<String, String> mails = builder.stream("mails");
        mails.process(CausalStreams.<String, String>classify(
                        engine, List.of("spam", "ham"), mail -> CausalStreams.text(mail, 0)))
                .mapValues((key, mail) -> mail.value() + " => " + mail.label())
                .to("labels");
    }

    @Override
    public void play(ScenarioRun run) {
        run.send("articles", "a", "first of a");
        run.send("mails", "m", "You won");
        run.runToTheEnd();
        run.send("articles", "a", "second of a", header("h", "v"));
        run.send("articles", "b", "first of b");
        run.send("letters", "l", "three teas");
        run.step();
        run.step();
        run.send("articles", "a", "third of a");
        run.send("articles", "a", null);
        run.send("articles", null, "nobody's");
        run.send("articles", "c", "first of c");
        run.send("letters", "l", "four coffees");
        run.send("mails", "m", "Dear friend", header("h", "v"));
        run.turn();
    }

    /** The operators publish no tokens; two steps were made. */
    @Override
    public Map<String, List<Integer>> publishedAtStop(Recording recording) {
        return Map.of(
                "causal-streams-enrich-articles-0-1", List.of(2, 2),
                "causal-streams-enrich-articles-0-2", List.of(2, 2),
                "causal-streams-extract-letters-0-0", List.of(2),
                "causal-streams-extract-letters-0-0-1", List.of(2));
    }

    private static GenerationRequest summary(String article) {
        return GenerationRequest.of(
                "",
                new Prompt.Chat(List.of(new Prompt.Message("user", article))),
                SamplingParams.builder().maxTokens(40).n(2).logprobs(1).build());
    }

    private static String answer(CompletionEvent completion) {
        return completion.content() + " | " + completion.choices().get(1).content() + " | " + completion.usage();
    }
}
