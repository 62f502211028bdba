package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Prompt.ToolCall;
import io.causalstreams.topology.event.ChatAnswer;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.event.ToolResultEvent;
import io.causalstreams.topology.internal.answer.Answers;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.answer.ToolBounds;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.journal.Transcript;
import io.causalstreams.topology.internal.telemetry.ToolOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The rounds of requests that call tools: an answer that calls is published as calls, and when each has a result, the
 * request is asked again with them behind its question. The journal keeps calls and results, so each step is in the
 * transaction of what caused it.
 *
 * <p>The first result of a call counts. One that is missing at the deadline is replaced by a text that says so: the model
 * answers without it.
 *
 * <p>Threading: stream thread only.
 */
final class ToolRounds<K, V> {

    private static final String NO_RESULT = "error: no result before the deadline";
    private static final String NO_OBJECT = "error: the arguments are not a JSON object";

    private final Operator operator;
    private final TaskClock clock;
    private final Journal journal;
    private final TaskRequests<K, V> requests;
    private final JournaledOutput<K, V> output;
    private final Finisher<K, V> finisher;

    ToolRounds(
            Operator operator,
            TaskClock clock,
            Journal journal,
            JournaledOutput<K, V> output,
            Finisher<K, V> finisher) {
        this.operator = operator;
        this.clock = clock;
        this.journal = journal;
        this.requests = finisher.requests();
        this.output = output;
        this.finisher = finisher;
    }

    /** Makes the calls of an answer. Returns false where it has none to be made: then it is the last. */
    boolean begin(Request<K, V> request, Request.Running<K, V> run, Finished finished, long nowMs) {
        Answers<K, V> answers = run.ask().answers();
        ToolBounds bounds = answers.tools();
        ChatAnswer answer = bounds == null ? null : calling(finished);
        if (bounds == null || answer == null) {
            return false;
        }
        long expiresMs = Math.min(nowMs + bounds.resultMs(), request.expiresMs);
        Instant deadline = Instant.ofEpochMilli(clock.wallAt(expiresMs));
        Transcript before = Objects.requireNonNullElse(journal.transcript(request.sequence), Transcript.EMPTY);
        // the round makes the ids its own: a late result of an earlier one answers nothing
        Message turn = answer.turn(request.id + "#" + before.rounds(), 0);
        Transcript transcript = before.calling(turn, deadline.toEpochMilli());
        List<Record<K, V>> calls = new ArrayList<>();
        for (ToolCall call : turn.toolCalls()) {
            if (EventJson.isObject(call.arguments())) {
                calls.add(answers.call(
                        new ToolCallEvent(request.id, call.id(), call.name(), call.arguments(), deadline),
                        clock.wallAt(nowMs)));
            } else {
                transcript = transcript.answered(call.id(), NO_OBJECT);
            }
        }
        output.call(request, run.ask(), run.progress(), calls, transcript, nowMs);
        operator.telemetry().called(run.ask().request(), finished.usage(), calls.size());
        waitFor(request, transcript, expiresMs);
        return true;
    }

    /** What the first choice calls, if it came to its own end; else null. */
    private static @Nullable ChatAnswer calling(Finished finished) {
        if (finished.choices().isEmpty()) {
            return null;
        }
        Choice choice = finished.choices().get(0);
        ChatAnswer answer = ChatAnswer.of(choice.parts());
        return choice.finishReason() == FinishReason.STOP && !answer.calls().isEmpty() ? answer : null;
    }

    /** A request whose former owner has left it: it may wait for results. */
    void restore(Request<K, V> request, Job<K, V> job) {
        Transcript transcript = journal.transcript(request.sequence);
        if (transcript != null && transcript.isOpen() && job instanceof Job.Ask) {
            long expiresMs = clock.now() + transcript.deadlineMs() - clock.wallNow();
            waitFor(request, transcript, Math.min(expiresMs, request.expiresMs));
        }
    }

    /** Takes a result. */
    void answer(@Nullable ToolResultEvent result) {
        Request<K, V> request = result == null ? null : requests.get(result.conversation());
        if (result != null
                && request != null
                && request.state() instanceof Request.Calling<K, V> calling
                && calling.missing().contains(result.id())) {
            operator.telemetry().toolResult(ToolOutcome.TAKEN);
            Transcript before = transcript(request);
            answered(request, before.answered(result.id(), bounded(result.content(), before)), calling.expiresMs());
        } else {
            operator.telemetry().toolResult(ToolOutcome.DROPPED);
        }
    }

    /** Waits no longer for results whose deadline has passed. */
    void expire(long nowMs) {
        while (!requests.calling().isEmpty()) {
            Request<K, V> request = requests.calling().first();
            Request.Calling<K, V> calling = (Request.Calling<K, V>) request.state();
            if (calling.expiresMs() >= nowMs) {
                return;
            }
            calling.missing().forEach(each -> operator.telemetry().toolResult(ToolOutcome.MISSING));
            if (request.isPast(nowMs)) {
                finisher.endWaiting(request, Ending.deadlineExceeded(request.id), nowMs);
            } else {
                Transcript transcript = transcript(request);
                for (String call : calling.missing()) {
                    transcript = transcript.answered(call, NO_RESULT);
                }
                answered(request, transcript, calling.expiresMs());
            }
        }
    }

    private void answered(Request<K, V> request, Transcript transcript, long expiresMs) {
        output.answered(request, transcript);
        waitFor(request, transcript, expiresMs);
    }

    private void waitFor(Request<K, V> request, Transcript transcript, long expiresMs) {
        requests.calling(request, new Request.Calling<>(transcript.missing(), expiresMs));
        if (!transcript.isOpen()) {
            requests.answered(request);
        }
    }

    /** What would not fit the journal is not taken: the model is told. */
    private String bounded(String content, Transcript before) {
        long bytes = content.getBytes(StandardCharsets.UTF_8).length;
        int most = operator.settings().promptMaxBytes();
        return before.bytes() + bytes <= most
                ? content
                : "error: the result has " + bytes + " bytes; with all before it at most " + most + " are taken";
    }

    private Transcript transcript(Request<K, V> request) {
        return Objects.requireNonNull(journal.transcript(request.sequence));
    }
}
