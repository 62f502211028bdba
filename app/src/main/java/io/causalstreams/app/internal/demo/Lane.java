package io.causalstreams.app.internal.demo;

import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived of one request's first choice.
 *
 * <p>Threading: one thread.
 */
public final class Lane {
    private final String id;
    private final long sentNanos;
    private final StringBuilder text = new StringBuilder();
    private long firstTokenNanos;
    private int tokens;
    private @Nullable CompletionEvent completion;

    /** @param sentNanos when the prompt was sent, or first heard of; {@code System.nanoTime()} */
    public Lane(String id, long sentNanos) {
        this.id = id;
        this.sentNanos = sentNanos;
    }

    public void add(TokenEvent event, long nowNanos) {
        TokenEvent.Choice choice = event.choices().get(0);
        if (choice.index() != 0 || completion != null) {
            return;
        }
        firstTokenNanos = tokens == 0 ? nowNanos : firstTokenNanos;
        tokens += choice.tokenCount();
        text.append(choice.content());
    }

    public void complete(CompletionEvent event) {
        completion = event;
    }

    public String id() {
        return id;
    }

    public String text() {
        return text.toString();
    }

    public int tokens() {
        return tokens;
    }

    /** Null while it runs. */
    public @Nullable CompletionEvent completion() {
        return completion;
    }

    /** Seconds from sending to the first token; negative when there was none. */
    public double secondsToFirstToken() {
        return tokens == 0 ? -1 : (firstTokenNanos - sentNanos) / 1e9;
    }
}
