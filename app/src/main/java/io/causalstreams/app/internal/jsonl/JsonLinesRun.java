package io.causalstreams.app.internal.jsonl;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.OutputEvents;
import io.causalstreams.topology.event.PromptEnvelope;
import io.causalstreams.topology.event.PromptEvent;
import io.causalstreams.topology.event.UnreadablePromptException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Answers every line of an input with one line of output, in the order in which the answers are ready.
 *
 * <p>Threading: one thread of ours reads and submits, the engine's thread puts finished answers into a queue, and the
 * caller of {@link #run} writes them: so a reader at the other end of a pipe gets an answer before it sends the next
 * line. At most {@code maxInFlight} lines are in memory. One run per instance.
 */
public final class JsonLinesRun {
    private final GenerationEngine engine;
    private final Clock clock;
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final Semaphore places;

    public JsonLinesRun(GenerationEngine engine, int maxInFlight, Clock clock) {
        this.engine = engine;
        this.places = new Semaphore(maxInFlight);
        this.clock = clock;
    }

    /**
     * What was done.
     *
     * @param failed answers with an {@code error}
     */
    public record Summary(long answered, long failed, long promptTokens, long completionTokens) {
        static final Summary NOTHING = new Summary(0, 0, 0, 0);

        Summary and(CompletionEvent answer) {
            return new Summary(
                    answered + 1,
                    failed + (answer.error() == null ? 0 : 1),
                    promptTokens + answer.usage().promptTokens(),
                    completionTokens + answer.usage().completionTokens());
        }
    }

    /** What the writer waits for. */
    private sealed interface Item {
        record Answer(CompletionEvent event) implements Item {}

        /** No more lines; {@code failure} null at the input's end. */
        record EndOfInput(long submitted, @Nullable IOException failure) implements Item {}
    }

    /**
     * Reads {@code in} to its end; returns when every line that is not blank is answered.
     *
     * @throws IOException if a stream fails; lines read before are answered first where {@code out} still works
     */
    public Summary run(InputStream in, OutputStream out) throws IOException, InterruptedException {
        Thread reader = new Thread(() -> read(in), "jsonl-reader");
        reader.setDaemon(true);
        reader.start();
        Summary summary = Summary.NOTHING;
        Item.@Nullable EndOfInput end = null;
        while (end == null || summary.answered() < end.submitted()) {
            Item item = items.take();
            if (item instanceof Item.Answer answer) {
                places.release();
                out.write(EventJson.write(answer.event()));
                out.write('\n');
                if (items.isEmpty()) {
                    out.flush();
                }
                summary = summary.and(answer.event());
            } else if (item instanceof Item.EndOfInput reached) {
                end = reached;
            }
        }
        out.flush();
        if (end.failure() != null) {
            throw end.failure();
        }
        return summary;
    }

    private void read(InputStream in) {
        long submitted = 0;
        IOException failure = null;
        try {
            ByteLines lines = new ByteLines(in);
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                if (!ByteLines.isBlank(line)) {
                    places.acquire();
                    submitted++;
                    submit("line-" + lines.number(), line);
                }
            }
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = new InterruptedIOException();
        } finally {
            items.add(new Item.EndOfInput(submitted, failure));
        }
    }

    private void submit(String nameOfLine, byte[] line) {
        String id = nameOfLine;
        OutputEvents.Shape shape = OutputEvents.Shape.CHAT;
        try {
            PromptEnvelope envelope = PromptEnvelope.read(line);
            shape = envelope.shape();
            String given = envelope.id();
            id = given == null ? id : given;
            PromptEvent prompt = envelope.event();
            OutputEvents events = OutputEvents.of(prompt, id, clock.instant().getEpochSecond(), engine.model());
            new Request(events).subscribe(prompt.toRequest(id));
        } catch (UnreadablePromptException | GenerationException e) {
            OutputEvents events =
                    new OutputEvents(id, shape, false, clock.instant().getEpochSecond(), engine.model());
            items.add(new Item.Answer(failure(events, e)));
        }
    }

    private static CompletionEvent failure(OutputEvents events, Throwable cause) {
        String parameter = cause instanceof GenerationException.Invalid invalid ? invalid.parameter() : null;
        boolean invalid = cause instanceof GenerationException.Invalid || cause instanceof UnreadablePromptException;
        ErrorCode code = invalid ? ErrorCode.INVALID_REQUEST : ErrorCode.INFERENCE_ERROR;
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return events.failure(new CompletionEvent.Failure(code, message, parameter), FinishReason.ERROR, List.of(), 0);
    }

    /** One request's way from the engine to the queue; called by the engine's thread. */
    private final class Request {
        private final OutputEvents events;

        private Request(OutputEvents events) {
            this.events = events;
        }

        void subscribe(GenerationRequest request) {
            engine.generate(request).subscribe(this::onEvent, this::onError);
        }

        private void onEvent(GenerationEvent event) {
            if (event instanceof GenerationEvent.Finished finished) {
                items.add(new Item.Answer(events.completion(finished)));
            }
        }

        private void onError(Throwable error) {
            items.add(new Item.Answer(failure(events, error)));
        }
    }
}
