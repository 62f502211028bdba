package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.answer.Answers;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.journal.Arrival;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Jobs whose value is a text, answered by the text that was published; and how often they were read. */
final class Jobs implements Job.Opener<String, String> {

    /** Ids of the arrivals that were read, in order. */
    final List<String> opened = new ArrayList<>();

    static Arrival arrival(long sequence, String text) {
        return new Arrival(
                sequence,
                "r-" + sequence,
                Bytes.wrap("k".getBytes(StandardCharsets.UTF_8)),
                Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)),
                new RecordHeaders(),
                "prompts",
                0,
                sequence,
                1_000);
    }

    static Job.Ask<String, String> ask(long sequence) {
        return ask(sequence, null, 0, null);
    }

    static Job.Ask<String, String> ask(long sequence, @Nullable String lane, int priority, @Nullable Instant deadline) {
        Arrival arrival = arrival(sequence, "say it");
        GenerationRequest request = GenerationRequest.of(
                        arrival.id(), new Prompt.Text("say it"), SamplingParams.greedy(10))
                .withPriority(priority)
                .withDeadline(deadline);
        return new Job.Ask<>(arrival, request, null, lane, new Echo(), null);
    }

    /** A turn of a conversation; {@code messages} are role and content by turns. */
    static Job.Ask<String, String> turn(@Nullable String session, String... messages) {
        List<Prompt.Message> all = new ArrayList<>();
        for (int i = 0; i < messages.length; i += 2) {
            all.add(new Prompt.Message(messages[i], messages[i + 1]));
        }
        GenerationRequest request = GenerationRequest.of("r-0", new Prompt.Chat(all), SamplingParams.greedy(10));
        return new Job.Ask<>(arrival(0, "turn"), request, session, session, new Echo(), null);
    }

    @Override
    public Job<String, String> open(Arrival arrival) {
        opened.add(arrival.id());
        return ask(arrival.sequence());
    }

    @Override
    public Job.Broken<String, String> broken(Arrival arrival, RuntimeException cause) {
        return new Job.Broken<>(arrival, ask(arrival.sequence()).request(), null, new Echo(), cause);
    }

    private record Echo() implements Answers<String, String> {
        @Override
        public List<Record<String, String>> tokens(TokenChunk chunk, int textOffset, long nowMs) {
            return List.of();
        }

        @Override
        public End<String, String> end(Ending ending, List<Partial> published, int promptTokens, long nowMs) {
            String text = ending.failure() == null
                    ? published.get(0).text()
                    : ending.failure().message();
            return new End<>(List.of(new Record<>("k", text, nowMs)), null);
        }
    }
}
