package io.causalstreams.http.internal.answer;

import io.causalstreams.http.internal.kafka.Output;
import io.causalstreams.http.internal.kafka.OutputListener;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** An answer that is told at its end. Any thread. */
public final class WholeAnswer implements OutputListener {
    /** A dead letter and its completion are of one transaction, but of two topics. */
    private static final Duration COMPLETION_FOLLOWS = Duration.ofSeconds(1);

    private final Sinks.One<Output.Completion> end = Sinks.one();

    @Override
    public boolean wantsTokens() {
        return false;
    }

    @Override
    public void onOutput(Output output) {
        if (output instanceof Output.Completion completion) {
            if (completion.event().error() == null) {
                var unused = end.tryEmitValue(completion);
            } else {
                var unused = end.tryEmitError(ApiException.of(completion.event().error()));
            }
        } else if (output instanceof Output.DeadLetter letter) {
            var unused = Mono.delay(COMPLETION_FOLLOWS)
                    .subscribe(later -> end.tryEmitError(ApiException.invalidField(null, letter.reason())));
        }
    }

    /** The completion, or an {@link ApiException}. */
    public Mono<Output.Completion> completion() {
        return end.asMono();
    }
}
