package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.topology.adapter.AdapterCatalog;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.telemetry.EndedRequest;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;
import java.util.List;

/**
 * Ends requests: their last records are published, the journal forgets them, a conversation keeps the turn.
 *
 * <p>Threading: stream thread only.
 */
record Finisher<K, V>(
        TaskRequests<K, V> requests,
        RequestReader<K, V> reader,
        JournaledOutput<K, V> output,
        Gate gate,
        Conversations conversations,
        AdapterCatalog adapters,
        OperatorTelemetry telemetry) {

    /** Ends a request that waited. */
    void endWaiting(Request<K, V> request, Ending ending, long nowMs) {
        Job<K, V> job = reader.job(request);
        if (job instanceof Job.PassOn<K, V> passOn) {
            passOn(request, passOn);
        } else {
            endWaiting(request, (Job.Answerable<K, V>) job, ending, nowMs);
        }
    }

    /** Ends a request that waited, and asked this. */
    void endWaiting(Request<K, V> request, Job.Answerable<K, V> job, Ending ending, long nowMs) {
        end(request, job, reader.progress(job), ending, promptTokens(job, ending), nowMs);
    }

    /** Ends a request that ran. */
    void endRunning(Request<K, V> request, Request.Running<K, V> run, Ending ending, long nowMs) {
        end(request, run.ask(), run.progress(), ending, run.promptTokens(), nowMs);
    }

    /** Forwards what only waited for its turn. */
    void passOn(Request<K, V> request, Job.PassOn<K, V> job) {
        output.passOn(request, reader.progress(job), job.record());
        ended(request);
        telemetry.passedOn(request);
    }

    /** Tokens of a prompt the engine has not finished; 0 when it cannot be made into tokens. */
    int promptTokens(Job.Answerable<K, V> job, Ending ending) {
        if (ending.deadLetter() instanceof GenerationException.Invalid invalid) {
            return invalid.promptTokens();
        }
        if (ending instanceof Ending.Known) {
            return 0;
        }
        return job instanceof Job.Ask<K, V> ask ? conversations.promptTokens(ask) : 0;
    }

    private void ended(Request<K, V> request) {
        requests.ended(request);
        adapters.release(request.adapter);
    }

    private void end(
            Request<K, V> request,
            Job.Answerable<K, V> job,
            Progress progress,
            Ending ending,
            int promptTokens,
            long nowMs) {
        List<Partial> published = output.end(request, job, progress, ending, promptTokens, nowMs);
        gate.ended(request.key, ending, published, promptTokens);
        if (ending instanceof Ending.Completed && ending.failure() == null && job instanceof Job.Ask<K, V> ask) {
            conversations.answered(ask, published.get(0), nowMs, requests::isBusy);
        }
        ended(request);
        telemetry.ended(
                request, new EndedRequest(job, ending, published, request.arrivedMs, request.firstTokenMs(), nowMs));
    }
}
