package io.causalstreams.topology.internal.request;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Requests that have news, from the engine's thread to the stream thread.
 *
 * <p>One per incarnation of a task: a task that is closed or revived leaves its mailbox behind, and what the engine
 * still says there is dropped. Bounded: a request is in it at most once, its events wait in its own channel.
 *
 * <p>Threading: offered to by the engine's thread, drained by the stream thread, closed by the stream thread.
 */
final class TaskMailbox {

    private final Queue<RequestChannel> ready = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** Streams that ended since the last drain; guarded by this. */
    private int ended;

    void offer(RequestChannel channel) {
        if (!closed) {
            ready.add(channel);
        }
    }

    /** A request's stream has ended. */
    synchronized void ended() {
        ended++;
        notifyAll();
    }

    /** Waits until a stream has ended since the last drain, at most {@code ms}. */
    synchronized void awaitEnd(long ms) {
        long end = System.nanoTime() + ms * 1_000_000;
        try {
            for (long left = ms; left > 0 && ended == 0; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hands over those that are in it now, in order of arrival; news that come meanwhile wait for the next drain. */
    void drain(Consumer<RequestChannel> each) {
        synchronized (this) {
            ended = 0;
        }
        int present = ready.size();
        for (int i = 0; i < present; i++) {
            RequestChannel channel = ready.poll();
            if (channel == null) {
                return;
            }
            each.accept(channel);
        }
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
        ready.clear();
    }
}
