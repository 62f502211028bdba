package io.causalstreams.app;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.OutputEvents;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.Locale;

/** Prints the answer to one request while it comes: as text, or as its token events and the completion event. */
final class StreamedAnswer {
    private final GenerationEngine engine;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;

    StreamedAnswer(GenerationEngine engine, PrintStream out, PrintStream err, boolean json) {
        this.engine = engine;
        this.out = out;
        this.err = err;
        this.json = json;
    }

    /** Blocks until the answer is whole; the engine's errors come out as they are. */
    void print(GenerationRequest request) {
        OutputEvents.Shape shape =
                request.prompt() instanceof Prompt.Chat ? OutputEvents.Shape.CHAT : OutputEvents.Shape.TEXT;
        OutputEvents events =
                new OutputEvents(request.id(), shape, false, Instant.now().getEpochSecond(), engine.model());
        long start = System.nanoTime();
        long first = 0;
        int textLength = 0;
        Iterator<GenerationEvent> answer = engine.generate(request).toIterable().iterator();
        while (answer.hasNext()) {
            GenerationEvent event = answer.next();
            if (event instanceof GenerationEvent.TokenChunk chunk) {
                first = first == 0 ? System.nanoTime() : first;
                show(chunk.text(), json ? EventJson.write(events.token(chunk, textLength)) : null);
                textLength += chunk.text().length();
            } else if (event instanceof GenerationEvent.Finished finished) {
                show("\n", json ? EventJson.write(events.completion(finished)) : null);
                report(finished, start, first == 0 ? System.nanoTime() : first);
            }
        }
    }

    private void show(String text, byte @org.jspecify.annotations.Nullable [] line) {
        out.print(line == null ? text : new String(line, StandardCharsets.UTF_8) + "\n");
        out.flush();
    }

    private void report(GenerationEvent.Finished finished, long start, long first) {
        double decodeSeconds = Math.max(1e-9, (System.nanoTime() - first) / 1e9);
        int tokens = finished.usage().completionTokens();
        err.printf(
                Locale.ROOT,
                "%d prompt tokens, %d completion tokens (%s); first after %.2f s, then %.1f tokens/s%n",
                finished.usage().promptTokens(),
                tokens,
                finished.choices().isEmpty()
                        ? "-"
                        : finished.choices().get(0).finishReason().wireName(),
                (first - start) / 1e9,
                Math.max(0, tokens - 1) / decodeSeconds);
    }
}
