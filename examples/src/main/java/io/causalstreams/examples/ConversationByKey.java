package io.causalstreams.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventJson;
import java.nio.charset.StandardCharsets;
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
                "conversation-by-key",
                List.of(QUESTIONS),
                List.of(ANSWERS),
                Map.of(
                        CausalStreamsConfig.CONVERSATION_BY_KEY_CONFIG,
                        true,
                        CausalStreamsConfig.TOKENS_TOPIC_CONFIG,
                        ""),
                ConversationByKey::topology);
    }

    /** Questions and answers are plain text; the keys are those of the people. */
    static Topology topology(CausalStreams operator) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], String> questions =
                builder.stream(QUESTIONS, Consumed.with(Serdes.ByteArray(), Serdes.String()));
        operator.generate(questions.mapValues(ConversationByKey::prompt))
                .filter((key, event) -> event.kind() == OutputEvent.Kind.COMPLETION)
                .mapValues(ConversationByKey::answer)
                .to(ANSWERS, Produced.with(Serdes.ByteArray(), Serdes.String()));
        return builder.build();
    }

    /** A prompt event with the new turn only; the operator puts the turns before it in front. */
    private static byte[] prompt(String question) {
        ObjectNode prompt = JsonNodeFactory.instance.objectNode();
        prompt.putArray("messages").addObject().put("role", "user").put("content", question);
        prompt.put("max_completion_tokens", ANSWER_TOKENS).put("temperature", 0);
        return prompt.toString().getBytes(StandardCharsets.UTF_8);
    }

    @SuppressWarnings("NullAway") // a completion has a value
    private static String answer(OutputEvent event) {
        CompletionEvent completion = EventJson.readCompletion(event.bytes());
        return completion.error() == null
                ? completion.content()
                : "(" + completion.error().message() + ")";
    }

    public static void main(String[] arguments) throws InterruptedException {
        example().run(arguments);
    }
}
