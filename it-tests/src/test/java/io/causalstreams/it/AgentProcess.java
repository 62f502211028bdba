package io.causalstreams.it;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.event.ToolResultEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;

/** An agent in a process of its own, whose model calls {@value #ROUNDS} times and then says what it got. */
final class AgentProcess {
    static final String QUESTIONS = "questions";
    static final String CALLS = "tool-calls";
    static final String RESULTS = "tool-results";
    static final String ANSWERS = "answers";
    static final int ROUNDS = 3;

    private AgentProcess() {}

    static JavaProcess start(String bootstrapServers, Path state) {
        return JavaProcess.start(AgentProcess.class, state.resolve("agent.log"), bootstrapServers, state.toString());
    }

    /** Arguments: bootstrap servers, state directory. */
    public static void main(String[] arguments) throws InterruptedException {
        GenerationEngine engine = ScriptedEngine.saying(AgentProcess::script).runAutomatically();
        CausalStreams causal = new CausalStreams(
                engine,
                Map.of(
                        "application.id",
                        "agent",
                        "bootstrap.servers",
                        arguments[0],
                        "state.dir",
                        arguments[1],
                        "default.key.serde",
                        Serdes.StringSerde.class,
                        "default.value.serde",
                        Serdes.StringSerde.class,
                        "consumer.auto.offset.reset",
                        "earliest",
                        "consumer.session.timeout.ms",
                        6_000,
                        "consumer.heartbeat.interval.ms",
                        1_000,
                        "producer.transaction.timeout.ms",
                        3_000,
                        "commit.interval.ms",
                        100));
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> questions = builder.stream(QUESTIONS);
        causal.ask(questions, AgentProcess::request)
                .callingTools(CALLS, builder.stream(RESULTS, Consumed.with(Serdes.String(), ToolResultEvent.serde())))
                .join((question, answer) -> question + ": " + answer.content())
                .to(ANSWERS);
        causal.kafkaStreams(builder.build()).start();
        new CountDownLatch(1).await();
    }

    private static GenerationRequest request(String question) {
        return GenerationRequest.chat(question, 100)
                .withTools(new ToolChoice.Auto(), Tool.of("look", "Looks.", "{\"type\":\"object\"}"));
    }

    private static String script(GenerationRequest request) {
        List<Message> all = ((Prompt.Chat) request.prompt()).messages();
        List<String> results = all.stream()
                .filter(each -> each.role().equals("tool"))
                .map(Message::text)
                .toList();
        return results.size() < ROUNDS
                ? "<tool_call> {\"name\": \"look\", \"arguments\": {\"round\":" + results.size() + "}} </tool_call>"
                : String.join(" ", results);
    }
}
