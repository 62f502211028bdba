package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.journal.Transcript;

/**
 * Answers that a check refuses: the question is asked once more, with the answer and the reason behind it, which the journal keeps as
 * it keeps calls of tools. A second answer that is refused is the last.
 *
 * <p>Threading: stream thread only.
 */
record SecondAsks<K, V>(
        Journal journal, JournaledOutput<K, V> output, Finisher<K, V> finisher, FailedAttempts<K, V> failedAttempts) {

    /** Ends a request with its answer, or has it asked again. */
    void take(Request<K, V> request, Request.Running<K, V> run, Finished finished, long nowMs) {
        failedAttempts.answered(request);
        Ending ending = Ending.completed(request.id, finished);
        String objection = ending instanceof Ending.Completed completed && completed.failure() == null
                ? run.ask().answers().objection(completed, run.progress().published())
                : null;
        if (objection == null) {
            finisher.endRunning(request, run, ending, nowMs);
        } else if (journal.transcript(request.sequence) == null
                && run.ask().request().prompt() instanceof Prompt.Chat) {
            Message answer = new Message("assistant", finished.choices().get(0).text());
            output.refused(request, run.progress(), Transcript.EMPTY.refused(answer, objection));
            finisher.gate()
                    .charge(
                            request.key,
                            finished.usage().promptTokens(),
                            finished.usage().completionTokens());
            finisher.requests().again(request);
        } else {
            finisher.endRunning(request, run, Ending.refused(request.id, finished, objection), nowMs);
        }
    }
}
