package io.causalstreams.topology.upgrade;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.event.ToolResultEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;

/** An agent in conversations, with rounds that wait for results, rounds that have them, and turns that called before. */
final class AgentScenario implements Scenario {

    @Override
    public String name() {
        return "agents";
    }

    /** Two calls first, then a text; questions without a mark call nothing. */
    @Override
    public String script(GenerationRequest request) {
        List<Prompt.Message> all = ((Prompt.Chat) request.prompt()).messages();
        Prompt.Message last = all.get(all.size() - 1);
        if (last.role().equals("user") && last.text().endsWith("?")) {
            return "Let me look. " + call("lampe für «Ü»") + call("desk");
        }
        return "So there are " + last.text() + " of them, and nothing more to say.";
    }

    private static String call(String item) {
        return "<tool_call> {\"name\": \"stock\", \"arguments\": {\"item\":\"" + item + "\"}} </tool_call>";
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
        KStream<String, ToolResultEvent> results =
                builder.stream("tool-results", Consumed.with(Serdes.String(), ToolResultEvent.serde()));
        causal(engine)
                .ask(
                        builder.<String, String>stream("questions"),
                        question -> GenerationRequest.chat(question, 100)
                                .withTools(
                                        new ToolChoice.Auto(),
                                        Tool.of("stock", "How many there are.", "{\"type\":\"object\"}")))
                .withSettings(Map.of(
                        CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG, 3,
                        CausalStreamsConfig.TOOL_RESULT_MS_CONFIG, 30_000)) // which pass during the stop
                .callingTools("tool-calls", results)
                .inConversation()
                .join((question, answer) -> question + " => " + answer.content() + " | " + answer.usage())
                .to("answers");
    }

    private static CausalStreams causal(GenerationEngine engine) {
        return new CausalStreams(engine, Map.of());
    }

    @Override
    public void play(ScenarioRun run) {
        // a turn that called, and has its answer
        run.send("questions", "talk", "How many?");
        run.runToTheEnd();
        results(run, "talk", "7 lamps", "1 desk");
        run.runToTheEnd();
        // one that waits for one more result, one that has all of them, and one that called nothing yet
        run.send("questions", "open", "Open?");
        run.send("questions", "both", "Both?");
        run.runToTheEnd();
        results(run, "open", "2 lamps");
        results(run, "both", "3 lamps", "4 desks");
        run.send("questions", "talk", "And now.");
        run.turn();
        run.step();
        run.step();
        // and some that wait for their turn
        run.send("questions", "talk", "Later.");
        run.send("questions", "c", "Waits.");
        run.send("questions", "d", "Waits too.");
        run.turn();
    }

    /** Results of the latest calls under a key, as many as are given. */
    private static void results(ScenarioRun run, String key, String... contents) {
        List<ToolCallEvent> calls = run.published("tool-calls").stream()
                .filter(entry -> entry.key().equals(key(key)))
                .map(entry -> ToolCallEvent.serde()
                        .deserializer()
                        .deserialize("tool-calls", entry.value().get()))
                .toList();
        for (int i = 0; i < contents.length; i++) {
            ToolResultEvent result = calls.get(calls.size() - 2 + i).result(contents[i]);
            byte[] value = ToolResultEvent.serde().serializer().serialize("tool-results", result);
            run.send("tool-results", key, new String(value, StandardCharsets.UTF_8));
        }
    }

    private static Bytes key(String key) {
        return Bytes.wrap(key.getBytes(StandardCharsets.UTF_8));
    }

    /** Two steps were made. */
    @Override
    public Map<String, List<Integer>> publishedAtStop(Recording recording) {
        return Map.of(
                "causal-streams-enrich-questions-0-2", List.of(2),
                "causal-streams-enrich-questions-0-3", List.of(2));
    }
}
