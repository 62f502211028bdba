package io.causalstreams.topology.internal.request;

import java.util.ArrayList;
import java.util.List;

/**
 * What the engine reports to a task, in order, until the task's next turn: the only buffer between the two threads.
 *
 * <p>One per incarnation of a task: a task that is closed or revived leaves its mailbox behind, and what the engine still
 * reports there is dropped. Bounded by the requests in the engine, each of which has at most {@code n * maxTokens + 1}
 * reports.
 *
 * <p>Threading: the engine's thread posts, the stream thread takes, waits and closes.
 */
final class TaskMailbox<K, V> {

    private List<Report<K, V>> reports = new ArrayList<>();
    private boolean holdsEnd;
    private boolean closed;

    synchronized void post(Report<K, V> report) {
        if (closed) {
            return;
        }
        reports.add(report);
        if (!(report instanceof Report.Tokens)) {
            holdsEnd = true;
            notifyAll();
        }
    }

    /** What was reported since the last call. */
    synchronized List<Report<K, V>> take() {
        List<Report<K, V>> taken = reports;
        reports = new ArrayList<>();
        holdsEnd = false;
        return taken;
    }

    /** Waits until a request has ended since the last {@link #take}, at most {@code ms}. */
    synchronized void awaitEnd(long ms) {
        long end = System.nanoTime() + ms * 1_000_000;
        try {
            for (long left = ms; left > 0 && !holdsEnd; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void close() {
        closed = true;
        reports = List.of();
    }
}
