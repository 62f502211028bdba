package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.OutputEvents;
import io.causalstreams.topology.event.OutputEvents.Shape;
import io.causalstreams.topology.event.PromptEnvelope;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import io.causalstreams.topology.internal.journal.Arrival;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads prompt events.
 *
 * @param models the facts of a model by the name a prompt gives it, null for the default; throws Invalid if there is none
 * @param records makes their records
 * @param sessionByKey whether chats of one record key are one conversation
 * @param refusals requests whose answer is known to be refused are not asked
 */
public record PromptJobs(
        Function<@Nullable String, ModelInfo> models, PromptRecords records, boolean sessionByKey, Refusals refusals)
        implements Job.Opener<byte[], OutputEvent> {

    /** Whether a topic is known to refuse the answer to this prompt; its job is {@link Job.Broken}. */
    public boolean isRefused(Arrival arrival) {
        return refusals.of(arrival) != null;
    }

    @Override
    public Job<byte[], OutputEvent> open(Arrival arrival) {
        try {
            return open(arrival, PromptEnvelope.read(arrival.valueBytes()));
        } catch (UnreadablePromptException e) {
            return broken(arrival, Shape.CHAT, e);
        }
    }

    /** Its job, of a value that was read already. */
    public Job<byte[], OutputEvent> open(Arrival arrival, PromptEnvelope envelope) {
        try {
            refusals.check(arrival);
            PromptEvent prompt = envelope.event();
            String session = session(prompt, arrival);
            OutputEvents events = OutputEvents.of(prompt, arrival.id(), created(arrival), models.apply(prompt.model()));
            return new Job.Ask<>(
                    arrival,
                    prompt.toRequest(arrival.id()),
                    session,
                    session,
                    new PromptAnswers(arrival, events, records),
                    null);
        } catch (RuntimeException e) {
            return broken(arrival, envelope.shape(), e);
        }
    }

    @Override
    public Job.Broken<byte[], OutputEvent> broken(Arrival arrival, RuntimeException cause) {
        try {
            return broken(arrival, PromptEnvelope.read(arrival.valueBytes()).shape(), cause);
        } catch (UnreadablePromptException e) {
            return broken(arrival, Shape.CHAT, cause);
        }
    }

    private Job.Broken<byte[], OutputEvent> broken(Arrival arrival, Shape shape, RuntimeException cause) {
        Prompt empty = shape == Shape.CHAT ? new Prompt.Chat(List.of()) : new Prompt.Tokens(List.of());
        GenerationRequest none = GenerationRequest.of(
                arrival.id(), empty, SamplingParams.builder().build());
        OutputEvents events = new OutputEvents(arrival.id(), shape, false, created(arrival), models.apply(null));
        Refusal refusal = refusals.of(arrival);
        return new Job.Broken<>(
                arrival,
                none,
                null,
                new PromptAnswers(arrival, events, records),
                refusal == null ? cause : new Refusal.AnswerRefusedException(refusal));
    }

    private @Nullable String session(PromptEvent prompt, Arrival arrival) {
        if (!(prompt.prompt() instanceof Prompt.Chat) || !(prompt.task() instanceof GenerationRequest.Task.Generate)) {
            return null;
        }
        if (prompt.sessionId() != null) {
            return "id:" + prompt.sessionId();
        }
        return sessionByKey && arrival.key() != null
                ? "key:" + HexFormat.of().formatHex(arrival.key().get())
                : null;
    }

    private static long created(Arrival arrival) {
        return arrival.timestamp() / 1000;
    }
}
