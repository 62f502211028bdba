package io.causalstreams.http.internal.api;

import io.causalstreams.http.internal.answer.StreamedAnswer;

/** What the server sends back. */
public sealed interface Reply {

    /** JSON. */
    @SuppressWarnings("ArrayRecordComponent") // nobody writes into it
    record Whole(byte[] json) implements Reply {}

    /**
     * Server-sent events.
     *
     * @param leave is called when the client leaves, and after the end
     */
    record Streamed(StreamedAnswer answer, Runnable leave) implements Reply {

        /** Does this too when the client leaves. */
        public Streamed andThen(Runnable also) {
            return new Streamed(answer, () -> {
                leave.run();
                also.run();
            });
        }
    }
}
