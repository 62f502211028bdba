package io.causalstreams.topology.internal.telemetry;

import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import java.util.List;

/**
 * A request that has ended. Instants are milliseconds of the topology's time, in this process.
 *
 * @param job what it asked
 * @param published what was published of each choice
 * @param arrivedMs when it arrived, or was restored
 * @param firstTokenMs when its first token was published; 0 = none was, in this process
 */
public record EndedRequest(
        Job.Answerable<?, ?> job,
        Ending ending,
        List<Partial> published,
        long arrivedMs,
        long firstTokenMs,
        long endedMs) {

    /** Tokens published, of all choices. */
    int tokens() {
        return published.stream().mapToInt(each -> each.tokenIds().size()).sum();
    }
}
