package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.adapter.AdapterPin;
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
 * @param format how prompts are written; an arrival keeps the record's own bytes
 * @param models the facts of a model by the name a prompt gives it, null for the default; throws Invalid if there is none
 * @param records makes their records
 * @param sessionByKey whether chats of one record key are one conversation
 * @param pins which versions of adapters requests get
 * @param refusals requests whose answer is known to be refused are not asked
 */
public record PromptJobs(
        ValueFormat format,
        Function<@Nullable String, ModelInfo> models,
        PromptRecords records,
        boolean sessionByKey,
        AdapterPins pins,
        Refusals refusals)
        implements Job.Opener<byte[], OutputEvent> {

    /** Whether a topic is known to refuse the answer to this prompt; its job is {@link Job.Broken}. */
    public boolean isRefused(Arrival arrival) {
        return refusals.of(arrival) != null;
    }

    /** Reads a record's value. @throws UnreadablePromptException if it is no JSON, in the format or without */
    public PromptEnvelope read(String topic, byte[] value) {
        return PromptEnvelope.read(format.toJson(topic, value));
    }

    @Override
    public Job<byte[], OutputEvent> open(Arrival arrival) {
        try {
            return open(arrival, read(arrival.topic(), arrival.valueBytes()));
        } catch (UnreadablePromptException e) {
            return broken(arrival, Shape.CHAT, e);
        }
    }

    /** Its job, of a value that was read already. */
    public Job<byte[], OutputEvent> open(Arrival arrival, PromptEnvelope envelope) {
        try {
            refusals.check(arrival);
            PromptEvent prompt = envelope.event();
            AdapterPins.Pinned pinned = pins.of(arrival, prompt.toRequest(arrival.id()));
            OutputEvents events = events(prompt, pinned);
            return AdapterPins.isShadow(arrival)
                    ? shadow(pinned, events)
                    : ask(pinned, session(prompt, arrival), new PromptAnswers(pinned.arrival(), events, records));
        } catch (RuntimeException e) {
            return broken(arrival, envelope.shape(), e);
        }
    }

    private Job.Ask<byte[], OutputEvent> ask(
            AdapterPins.Pinned pinned, @Nullable String session, Answers<byte[], OutputEvent> answers) {
        return new Job.Ask<>(pinned.arrival(), pinned.request(), session, session, answers, null);
    }

    /** It waits for all others, and is no turn of a conversation. */
    private Job.Ask<byte[], OutputEvent> shadow(AdapterPins.Pinned pinned, OutputEvents events) {
        return new Job.Ask<>(
                pinned.arrival(),
                pinned.request().withPriority(Integer.MAX_VALUE),
                null,
                null,
                new ShadowAnswers(pinned.arrival(), events, records),
                null);
    }

    /**
     * The arrival of a request for the candidate that answers it in shadow; null = none does. Turns of conversations have none.
     *
     * @param sequence its place in the journal
     */
    public @Nullable Arrival shadow(Job<byte[], OutputEvent> job, long sequence) {
        return job instanceof Job.Ask<byte[], OutputEvent> ask && ask.session() == null
                ? pins.shadow(ask.arrival(), ask.request(), sequence)
                : null;
    }

    private OutputEvents events(PromptEvent prompt, AdapterPins.Pinned pinned) {
        ModelInfo model = models.apply(prompt.model());
        OutputEvents events =
                OutputEvents.of(prompt, AdapterPins.answered(pinned.arrival()), created(pinned.arrival()), model);
        AdapterPin pin = pinned.pin();
        return pin == null ? events : events.withAdapter(model, pin.name(), pin.sha256());
    }

    @Override
    public Job.Broken<byte[], OutputEvent> broken(Arrival arrival, RuntimeException cause) {
        try {
            return broken(arrival, read(arrival.topic(), arrival.valueBytes()).shape(), cause);
        } catch (UnreadablePromptException e) {
            return broken(arrival, Shape.CHAT, cause);
        }
    }

    private Job.Broken<byte[], OutputEvent> broken(Arrival arrival, Shape shape, RuntimeException cause) {
        Prompt empty = shape == Shape.CHAT ? new Prompt.Chat(List.of()) : new Prompt.Tokens(List.of());
        GenerationRequest none = GenerationRequest.of(
                arrival.id(), empty, SamplingParams.builder().build());
        OutputEvents events =
                new OutputEvents(AdapterPins.answered(arrival), shape, false, created(arrival), models.apply(null));
        Refusal refusal = refusals.of(arrival);
        return new Job.Broken<>(
                arrival,
                none,
                null,
                AdapterPins.isShadow(arrival)
                        ? new ShadowAnswers(arrival, events, records)
                        : new PromptAnswers(arrival, events, records),
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
