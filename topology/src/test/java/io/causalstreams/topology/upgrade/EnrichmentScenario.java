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
import java.util.Locale;
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
    public String script(GenerationRequest request) {
        String id = request.id();
        if (id.contains("-extract-")) {
            return "{\"item\": \"tea of " + id + "\", \"count\": 3}";
        }
        return id.contains("-classify-") ? "spam" : "A summary of " + id + ", some words long.";
    }

    @Override
    public Properties properties(GenerationEngine engine) {
        return causal(engine)
                .configure(Map.of(
                        StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class,
                        StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class));
    }

    @Override
    public void attachTo(StreamsBuilder builder, GenerationEngine engine) {
        CausalStreams causal = causal(engine);
        Map<String, Object> two = Map.of(CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 2);
        KStream<String, String> articles = builder.stream("articles");
        causal.ask(articles, EnrichmentScenario::summary)
                .inKeyOrder()
                .withSettings(two)
                .join((article, answer) -> article + " => " + text(answer))
                .to("summaries");
        KStream<String, String> letters = builder.stream("letters");
        causal.ask(
                        letters.flatMapValues(letter -> List.of(letter, letter.toUpperCase(Locale.ROOT))),
                        letter -> GenerationRequest.chat(letter, 50))
                .withSerdes(Serdes.String(), Serdes.String())
                .withSettings(two)
                .extract(Order.class)
                .mapValues(letter -> letter.value() + " => " + letter.found())
                .to("orders");
        KStream<String, String> mails = builder.stream("mails");
        causal.ask(mails, mail -> GenerationRequest.text(mail, 0))
                .classify("spam", "ham")
                .mapValues(mail -> mail.value() + " => " + mail.label())
                .to("labels");
    }

    private static CausalStreams causal(GenerationEngine engine) {
        return new CausalStreams(engine, Map.of());
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

    private static String text(CompletionEvent completion) {
        return completion.content() + " | " + completion.choices().get(1).content() + " | " + completion.usage();
    }
}
