package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.internal.model.CausalLm;
import java.util.Collection;

/** Counts what the engine has done since its start. Threading: engine thread only. */
final class StepCounters {
    private long steps;
    private long decodeSteps;
    private long promptTokens;
    private long cachedPromptTokens;
    private long completionTokens;
    private long preemptions;

    void committed(StepOutcome outcome) {
        steps += outcome.passes();
        decodeSteps += outcome.decodePasses();
        promptTokens += outcome.promptTokens();
        for (SequenceOutcome each : outcome.outcomes().values()) {
            if (each instanceof SequenceOutcome.Advanced advanced) {
                completionTokens += advanced.sampled().size();
            }
        }
    }

    void reused(int tokens) {
        cachedPromptTokens += tokens;
    }

    void preempted() {
        preemptions++;
    }

    EngineStats snapshot(CausalLm model, Collection<RequestRun> runs) {
        int waiting = 0;
        int running = 0;
        long backlog = 0;
        for (RequestRun run : runs) {
            boolean inSlot = false;
            for (Sequence sequence : run.sequences()) {
                backlog += sequence.backlogTokens();
                running += sequence.hasSlot() ? 1 : 0;
                inSlot |= sequence.hasSlot();
            }
            waiting += inSlot ? 0 : 1;
        }
        return new EngineStats(
                waiting,
                running,
                model.slots(),
                steps,
                decodeSteps,
                promptTokens,
                cachedPromptTokens,
                completionTokens,
                preemptions,
                backlog,
                model.kvCacheBytes());
    }
}
