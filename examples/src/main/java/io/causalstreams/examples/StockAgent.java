package io.causalstreams.examples;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.event.ToolResultEvent;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.jspecify.annotations.Nullable;

/**
 * Answers what customers ask about the stock. The model has a tool that looks into a table of the same topology: a join.
 *
 * <p>The global table is asked by an argument of the call, so calls and results keep the customer's key, and come back to the
 * task that called.
 */
public final class StockAgent {

    static final String QUESTIONS = "stock-questions";
    static final String ANSWERS = "stock-answers";
    static final String STOCK = "stock";
    static final String CALLS = "stock-calls";
    static final String RESULTS = "stock-results";

    private static final int ANSWER_TOKENS = 48;

    private static final Tool COUNT = Tool.of("count_stock", "How many pieces of a product are in stock.", """
            {"type": "object",
             "properties": {"product": {"enum": ["lamp", "desk", "sofa"]}},
             "required": ["product"],
             "additionalProperties": false}""");

    private StockAgent() {}

    static Example example() {
        return new Example(
                "stock-agent",
                List.of(QUESTIONS, STOCK, CALLS, RESULTS),
                List.of(ANSWERS),
                Map.of(),
                StockAgent::topology);
    }

    /** Keys: the customer's, but for the stock, where it is the product. */
    static Topology topology(CausalStreams causal) {
        Serde<String> text = Serdes.String();
        StreamsBuilder builder = new StreamsBuilder();

        // the agent
        KStream<String, String> questions = builder.stream(QUESTIONS, Consumed.with(text, text));
        KStream<String, ToolResultEvent> results =
                builder.stream(RESULTS, Consumed.with(text, ToolResultEvent.serde()));
        causal.ask(questions, StockAgent::request)
                .callingTools(CALLS, results)
                .join(StockAgent::answer)
                .to(ANSWERS, Produced.with(text, text));

        // its tool
        GlobalKTable<String, String> stock = builder.globalTable(STOCK, Consumed.with(text, text));
        builder.stream(CALLS, Consumed.with(text, ToolCallEvent.serde()))
                .leftJoin(stock, (customer, call) -> call.argument("product"), StockAgent::result)
                .to(RESULTS, Produced.with(text, ToolResultEvent.serde()));
        return builder.build();
    }

    /** It has to look once; then it may look again, or answer. */
    private static GenerationRequest request(String question) {
        return GenerationRequest.chat(question, ANSWER_TOKENS).withTools(new ToolChoice.Named("count_stock"), COUNT);
    }

    private static ToolResultEvent result(ToolCallEvent call, @Nullable String count) {
        return call.result(count == null ? "none in stock" : count + " in stock");
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
