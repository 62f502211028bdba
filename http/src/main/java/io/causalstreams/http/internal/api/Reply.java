package io.causalstreams.http.internal.api;

import io.causalstreams.http.internal.answer.StreamedAnswer;
import reactor.core.publisher.Flux;

/** What the server sends back. */
public sealed interface Reply {

    /** JSON. */
    @SuppressWarnings("ArrayRecordComponent") // nobody writes into it
    record Whole(byte[] json) implements Reply {}

    /**
     * A file of the console.
     *
     * @param contentType with its charset
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody writes into it
    record Page(String contentType, byte[] body) implements Reply {}

    /** Server-sent events without end; what is told is told to whoever subscribes. */
    record Events(Flux<byte[]> events) implements Reply {}

    /**
     * The server-sent events of an answer.
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
