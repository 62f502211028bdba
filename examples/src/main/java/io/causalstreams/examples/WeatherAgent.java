package io.causalstreams.examples;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ToolResultEvent;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;

/** Tells travellers the weather, which a service knows: {@link HttpTool} answers the calls. */
public final class WeatherAgent {

    static final String QUESTIONS = "travel-questions";
    static final String ANSWERS = "travel-answers";
    static final String CALLS = "weather-calls";
    static final String RESULTS = "weather-results";

    private static final Tool WEATHER = Tool.of("weather", "The weather in a city.", """
            {"type": "object",
             "properties": {"city": {"type": "string", "maxLength": 40}},
             "required": ["city"],
             "additionalProperties": false}""");

    private WeatherAgent() {}

    static Example example() {
        return new Example(
                "weather-agent",
                List.of(QUESTIONS, CALLS, RESULTS),
                List.of(ANSWERS),
                Map.of(
                        CausalStreamsConfig.TOOL_RESULT_MS_CONFIG,
                        30_000L,
                        CausalStreamsConfig.TOOL_MAX_ROUNDS_CONFIG,
                        2),
                WeatherAgent::topology);
    }

    /** Keys: the traveller's. */
    static Topology topology(CausalStreams causal) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> questions = builder.stream(QUESTIONS, Consumed.with(Serdes.String(), Serdes.String()));
        KStream<String, ToolResultEvent> results =
                builder.stream(RESULTS, Consumed.with(Serdes.String(), ToolResultEvent.serde()));
        causal.ask(questions, WeatherAgent::request)
                .callingTools(CALLS, results)
                .inConversation()
                .join(WeatherAgent::answer)
                .to(ANSWERS, Produced.with(Serdes.String(), Serdes.String()));
        return builder.build();
    }

    private static GenerationRequest request(String question) {
        return GenerationRequest.chat(question, 64).withTools(new ToolChoice.Named("weather"), WEATHER);
    }

    private static String answer(String question, CompletionEvent completion) {
        return completion.error() == null
                ? completion.content()
                : "(" + completion.error().message() + ")";
    }

    public static void main(String[] arguments) throws InterruptedException {
        example().run(arguments);
    }
}
