package io.causalstreams.topology.internal.answer;

import io.causalstreams.topology.internal.journal.Arrival;

/** The cause of a dead letter that was a cancel: it found nothing where it arrived. */
public final class NoSuchRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NoSuchRequestException(String message) {
        super(message);
    }

    /**
     * Says what was looked for, and where.
     *
     * @param request what was looked for
     * @param cancel where it arrived
     */
    public static NoSuchRequestException of(String request, Arrival cancel) {
        return new NoSuchRequestException("no " + request + " in partition " + cancel.partition() + " of "
                + cancel.topic() + ": it has ended, or its prompt is in another partition;"
                + " send the cancel with the key of the prompt, or to its partition");
    }
}
