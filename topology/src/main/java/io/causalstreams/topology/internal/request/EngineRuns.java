package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.topology.EngineDiedException;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task's requests in the engine: starts those that wait while there is room, takes what the engine reports, and
 * publishes it.
 *
 * <p>Threading: stream thread only. The engine's thread only reaches the {@link TaskMailbox}.
 */
final class EngineRuns<K, V> {

    private static final Logger log = LoggerFactory.getLogger(EngineRuns.class);

    /** How long a full engine is left alone. */
    private static final long BUSY_BACKOFF_MS = 50;

    private final Operator operator;
    private final TaskClock clock;
    private final TaskMailbox<K, V> mailbox;
    private final TaskRequests<K, V> requests;
    private final RequestReader<K, V> reader;
    private final Conversations conversations;
    private final JournaledOutput<K, V> output;
    private final Finisher<K, V> finisher;
    private final ToolRounds<K, V> rounds;
    private final SecondAsks<K, V> secondAsks;
    private final FailedAttempts<K, V> failedAttempts;

    private long busyUntilMs;

    EngineRuns(
            Operator operator,
            TaskClock clock,
            TaskMailbox<K, V> mailbox,
            JournaledOutput<K, V> output,
            Finisher<K, V> finisher,
            ToolRounds<K, V> rounds,
            SecondAsks<K, V> secondAsks,
            FailedAttempts<K, V> failedAttempts) {
        this.operator = operator;
        this.clock = clock;
        this.mailbox = mailbox;
        this.requests = finisher.requests();
        this.reader = finisher.reader();
        this.conversations = finisher.conversations();
        this.output = output;
        this.finisher = finisher;
        this.rounds = rounds;
        this.secondAsks = secondAsks;
        this.failedAttempts = failedAttempts;
    }

    /** Submits what waits while there is room. */
    void startWaiting(long nowMs) {
        while (requests.running().size() < operator.settings().maxInFlight() && nowMs >= busyUntilMs) {
            Request<K, V> next = requests.takeNext();
            if (next == null) {
                return;
            }
            Job<K, V> job = reader.job(next);
            Ending unasked = job instanceof Job.Ask<K, V> ask ? finisher.gate().ending(ask, nowMs) : null;
            if (unasked != null) {
                finisher.endWaiting(next, (Job.Answerable<K, V>) job, unasked, nowMs);
            } else if (job instanceof Job.Ask<K, V> ask) {
                if (!finisher.gate().opens(nowMs)) {
                    next.waiting(ask);
                    requests.putBack(next);
                    return;
                }
                start(next, ask, nowMs);
            } else if (job instanceof Job.Broken<K, V> broken) {
                finisher.endWaiting(next, broken, Ending.failed(next.id, broken.cause()), nowMs);
            } else {
                finisher.passOn(next, (Job.PassOn<K, V>) job);
            }
        }
    }

    private void start(Request<K, V> request, Job.Ask<K, V> ask, long nowMs) {
        Progress progress = reader.progress(ask);
        Submission<K, V> submission = new Submission<>(mailbox, request);
        int promptTokens = 0;
        try {
            PreparedRequest prepared = request.timed(conversations.prepare(ask), clock);
            promptTokens = prepared.promptTokens();
            List<List<Integer>> published = progress.resumeFrom();
            submission.start(operator.engine(), published.isEmpty() ? prepared : prepared.resumedFrom(published));
        } catch (GenerationException.Busy e) {
            request.waiting(ask);
            requests.putBack(request);
            busyUntilMs = nowMs + BUSY_BACKOFF_MS;
            return;
        } catch (RuntimeException e) {
            promptTokens = e instanceof GenerationException.Invalid invalid ? invalid.promptTokens() : promptTokens;
            // it ends in a turn, like one the engine fails: here may be the middle of taking another record
            submission.fail(e);
        }
        requests.started(request, new Request.Running<>(ask, progress, submission, promptTokens));
        operator.telemetry().submitted(ask.request(), nowMs - request.arrivedMs);
    }

    /** Takes what the engine has reported. */
    void receive(long nowMs) {
        for (Report<K, V> report : mailbox.take()) {
            Request<K, V> request = report.submission().request();
            // what comes after the end of a cancelled one is dropped
            if (request.state() instanceof Request.Running<K, V> run) {
                receive(request, run, report, nowMs);
            }
        }
    }

    private void receive(Request<K, V> request, Request.Running<K, V> run, Report<K, V> report, long nowMs) {
        if (report instanceof Report.Tokens<K, V> tokens) {
            run.progress().add(tokens.chunk(), nowMs);
        } else if (report instanceof Report.Completed<K, V> completed) {
            if (!rounds.begin(request, run, completed.finished(), nowMs)) {
                secondAsks.take(request, run, completed.finished(), nowMs);
            }
        } else {
            failed(request, run, ((Report.Failed<K, V>) report).error(), nowMs);
        }
    }

    private void failed(Request<K, V> request, Request.Running<K, V> run, RuntimeException error, long nowMs) {
        if (error instanceof GenerationException.Dead) {
            String reason = String.valueOf(error.getMessage());
            String blamed = "request " + request.id + ": ";
            throw new EngineDiedException(
                    reason.startsWith(blamed) ? reason.substring(blamed.length()) : reason, error);
        } else if (error instanceof GenerationException.Aborted) {
            log.info("request {} stays in the journal: the engine is closed", request.id);
        } else {
            failedAttempts.take(request, run, Ending.failed(request.id, error), nowMs);
        }
    }

    /** Publishes tokens that have waited long enough for others. */
    void publishDue(long nowMs) {
        OperatorSettings settings = operator.settings();
        for (Request<K, V> request : requests.running()) {
            Request.Running<K, V> run = running(request);
            List<TokenChunk> due = run.progress().due(settings.tokensPerEvent(), settings.maxDelayMs(), nowMs);
            if (!due.isEmpty()) {
                output.publish(request, run.ask(), run.progress(), due, nowMs);
            }
        }
    }

    /** Ends a request as cancelled, wherever it is. */
    void cancel(Request<K, V> request, long nowMs) {
        Ending cancelled = Ending.cancelled(request.id);
        if (request.state() instanceof Request.Running<K, V> run) {
            run.submission().cancel();
            finisher.endRunning(request, run, cancelled, nowMs);
        } else {
            finisher.endWaiting(request, cancelled, nowMs);
        }
    }

    /** Leaves the engine; what it still reports is dropped. */
    void leave() {
        mailbox.close();
        requests.running().forEach(each -> running(each).submission().cancel());
    }

    private Request.Running<K, V> running(Request<K, V> request) {
        return (Request.Running<K, V>) request.state();
    }
}
