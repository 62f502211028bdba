package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.Usage;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.journal.TaskStore;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the engine: whose answer is known, or whose key has spent its budget, ends there; others may have to wait. What a
 * request has cost is written in the transaction of its answer.
 *
 * <p>Threading: stream thread only.
 */
record Gate(Policies policies, TaskStore store, TaskClock clock) {

    /** How a request ends that need not, or must not, be asked; null = it is to be. */
    @Nullable
    Ending ending(Job.Ask<?, ?> ask, long nowMs) {
        String content = ask.content();
        byte[] known = content == null ? null : store.remembered().get(content, nowMs);
        if (known != null) {
            return new Ending.Known(EventJson.readCompletion(known));
        }
        Budget budget = policies.budget();
        if (budget == null || store.spending().of(ask.arrival().key(), wallMs(nowMs)) < budget.perHour()) {
            return null;
        }
        return Ending.overBudget(ask.arrival().id(), budget.perHour());
    }

    /** Whether another request may run now; if so, it counts as running. */
    boolean opens(long nowMs) {
        Throttle throttle = policies.throttle();
        return throttle == null || throttle.tryStart(nowMs);
    }

    /** A request has ended. */
    void ended(@Nullable Bytes key, Ending ending, List<Partial> published, int promptTokens) {
        if (ending instanceof Ending.Completed completed) {
            Usage usage = completed.finished().usage();
            charge(key, usage.promptTokens(), usage.completionTokens());
        } else if (!(ending instanceof Ending.Known)) {
            int tokens =
                    published.stream().mapToInt(each -> each.tokenIds().size()).sum();
            charge(key, tokens == 0 ? 0 : promptTokens, tokens);
        }
    }

    /** The engine has computed so many tokens. */
    void charge(@Nullable Bytes key, int promptTokens, int completionTokens) {
        Throttle throttle = policies.throttle();
        if (throttle != null) {
            throttle.spent(promptTokens + completionTokens);
        }
        Budget budget = policies.budget();
        if (budget != null) {
            store.spending().charge(key, budget.cost(promptTokens, completionTokens), wallMs(clock.now()));
        }
    }

    private long wallMs(long nowMs) {
        return clock.wallAt(nowMs);
    }
}
