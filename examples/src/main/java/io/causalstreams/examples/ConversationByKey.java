package io.causalstreams.examples;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.event.CompletionEvent;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Answers what people say, each by what was said before under the same key.
 *
 * <p>The turns are kept, bounded, in the operator's state store: they follow their partition from one instance to another.
 */
public final class ConversationByKey {

    static final String QUESTIONS = "questions";
    static final String ANSWERS = "answers";

    private static final int ANSWER_TOKENS = 48;

    private ConversationByKey() {}

    static Example example() {
        return new Example(
                "conversation-by-key", List.of(QUESTIONS), List.of(ANSWERS), Map.of(), ConversationByKey::topology);
    }

    /** Questions and answers are plain text; the keys are those of the people. */
    static Topology topology(CausalStreams causal) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> questions = builder.stream(QUESTIONS, Consumed.with(Serdes.String(), Serdes.String()));
        causal.ask(questions, question -> GenerationRequest.chat(question, ANSWER_TOKENS))
                .inConversation()
                .join(ConversationByKey::answer)
                .to(ANSWERS, Produced.with(Serdes.String(), Serdes.String()));
        return builder.build();
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
