package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.OutputEvents;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.event.PromptEnvelope;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.TokenEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.Sessions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Prompt events in, token events, completion events and dead letters out.
 *
 * @param engine names the model in the events
 * @param applicationId first part of {@code ce_source}
 * @param tokens whether token events are told
 * @param sessionByKey whether chats of one record key are one conversation
 * @param limit of a completion
 */
public record PromptJobs(
        GenerationEngine engine, String applicationId, boolean tokens, boolean sessionByKey, RecordLimit limit)
        implements Job.Opener<byte[], OutputEvent> {

    @Override
    public Job<byte[], OutputEvent> open(Arrival arrival) {
        PromptEvent prompt = PromptEvent.parse(arrival.valueBytes());
        OutputEvents events = OutputEvents.of(prompt, arrival.id(), created(arrival), engine.model());
        return new PromptJob(arrival, prompt.toRequest(arrival.id()), session(prompt, arrival), events);
    }

    @Override
    public Job<byte[], OutputEvent> invalid(Arrival arrival) {
        OutputEvents.Shape shape = shape(arrival);
        OutputEvents events = new OutputEvents(arrival.id(), shape, false, created(arrival), engine.model());
        Prompt empty = shape == OutputEvents.Shape.CHAT ? new Prompt.Chat(List.of()) : new Prompt.Tokens(List.of());
        GenerationRequest none = GenerationRequest.of(
                arrival.id(), empty, SamplingParams.builder().build());
        return new PromptJob(arrival, none, null, events);
    }

    /** The dead letter of a record that holds no request. */
    public Record<byte[], OutputEvent> deadLetter(Arrival arrival, Throwable cause) {
        return record(arrival, OutputEvent.Kind.DEAD_LETTER, arrival.value(), DeadLetterHeaders.of(arrival, cause));
    }

    /** A remembered completion, as the answer to {@code arrival}. */
    public Record<byte[], OutputEvent> again(Arrival arrival, byte[] completion, long nowMs) {
        return completion(arrival, completion, nowMs);
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

    private static OutputEvents.Shape shape(Arrival arrival) {
        try {
            return PromptEnvelope.read(arrival.valueBytes()).shape();
        } catch (UnreadablePromptException e) {
            return OutputEvents.Shape.CHAT;
        }
    }

    private static long created(Arrival arrival) {
        return arrival.timestamp() / 1000;
    }

    private Record<byte[], OutputEvent> completion(Arrival arrival, byte[] completion, long nowMs) {
        Headers headers =
                EventHeaders.completion(arrival.headers(), source(), arrival.id(), Instant.ofEpochMilli(nowMs));
        return record(arrival, OutputEvent.Kind.COMPLETION, Bytes.wrap(completion), headers);
    }

    private String source() {
        return EventHeaders.source(applicationId, engine.model().name());
    }

    private Record<byte[], OutputEvent> record(
            Arrival arrival, OutputEvent.Kind kind, @Nullable Bytes value, Headers headers) {
        return limit.fit(new Record<>(
                arrival.keyBytes(), new OutputEvent(kind, arrival.id(), value), arrival.timestamp(), headers));
    }

    private final class PromptJob implements Job<byte[], OutputEvent> {

        private final Arrival arrival;
        private final GenerationRequest request;
        private final @Nullable String session;
        private final OutputEvents events;

        PromptJob(Arrival arrival, GenerationRequest request, @Nullable String session, OutputEvents events) {
            this.arrival = arrival;
            this.request = request;
            this.session = session;
            this.events = events;
        }

        @Override
        public GenerationRequest request() {
            return request;
        }

        @Override
        public @Nullable String session() {
            return session;
        }

        @Override
        public Job<byte[], OutputEvent> after(List<Prompt.Message> history) {
            List<Prompt.Message> turn = messages();
            int system = Sessions.isSystem(turn) ? 1 : 0;
            List<Prompt.Message> all = new ArrayList<>(turn.subList(0, system));
            all.addAll(history);
            all.addAll(turn.subList(system, turn.size()));
            return new PromptJob(arrival, request.withPrompt(new Prompt.Chat(all)), session, events);
        }

        @Override
        public List<Prompt.Message> messages() {
            return request.prompt() instanceof Prompt.Chat chat ? chat.messages() : List.of();
        }

        @Override
        public List<Record<byte[], OutputEvent>> tokens(TokenChunk chunk, int textOffset, long nowMs) {
            if (!tokens) {
                return List.of();
            }
            TokenEvent event = events.token(chunk, textOffset);
            Headers headers = EventHeaders.token(arrival.headers(), source(), event, Instant.ofEpochMilli(nowMs));
            return List.of(record(arrival, OutputEvent.Kind.TOKENS, Bytes.wrap(EventJson.write(event)), headers));
        }

        @Override
        public End<byte[], OutputEvent> end(Ending ending, List<Partial> published, int promptTokens, long nowMs) {
            List<Record<byte[], OutputEvent>> records = new ArrayList<>();
            CompletionEvent completion = completionOf(ending, published, promptTokens);
            byte[] bytes = limit.write(completion);
            records.add(completion(arrival, bytes, nowMs));
            Throwable cause = ending instanceof Ending.Failed failed ? failed.cause() : causeOf(completion);
            if (cause != null) {
                records.add(deadLetter(arrival, cause));
            }
            return new End<>(records, isAnswer(completion) ? Bytes.wrap(bytes) : null);
        }

        /** Why the engine ended it early, or null. */
        private static @Nullable Throwable causeOf(CompletionEvent completion) {
            CompletionEvent.Failure failure = completion.error();
            if (failure == null || failure.code() == ErrorCode.CANCELLED) {
                return null;
            }
            return failure.code() == ErrorCode.DEADLINE_EXCEEDED
                    ? new Ending.DeadlineExceededException(failure.message())
                    : new GenerationException.Failed(failure.message(), null);
        }

        private CompletionEvent completionOf(Ending ending, List<Partial> published, int promptTokens) {
            if (ending instanceof Ending.Completed completed) {
                return events.completion(PublishedText.of(completed.finished(), published));
            }
            Ending.Failed failed = (Ending.Failed) ending;
            return events.failure(failed.failure(), failed.reason(), published, promptTokens);
        }

        /** A failure may pass when the same request is sent again; an answer and a cancel stay. */
        private boolean isAnswer(CompletionEvent completion) {
            return completion.error() == null || completion.error().code() == ErrorCode.CANCELLED;
        }
    }
}
