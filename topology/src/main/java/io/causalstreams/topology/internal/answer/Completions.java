package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.OutputEvents;
import io.causalstreams.topology.event.OutputEvents.Partial;
import java.util.ArrayList;
import java.util.List;

/**
 * Completion events of endings. They agree with what readers of the token events have seen: text and log-probabilities
 * are those published, also when the engine computed the first tokens in another life of the task.
 */
final class Completions {

    private Completions() {}

    /**
     * The completion of an ending.
     *
     * @param published what was published of each choice
     * @param promptTokens of a request the engine did not finish
     */
    static CompletionEvent of(Ending ending, OutputEvents events, List<Partial> published, int promptTokens) {
        if (ending instanceof Ending.Incomplete failed) {
            return events.failure(failed.failure(), failed.reason(), published, promptTokens);
        }
        if (ending instanceof Ending.Known known) {
            return events.again(known.completion());
        }
        Ending.Completed completed = (Ending.Completed) ending;
        CompletionEvent completion = events.completion(asPublished(completed.finished(), published));
        return completed.failure() == null ? completion : completion.withError(completed.failure());
    }

    private static Finished asPublished(Finished finished, List<Partial> published) {
        List<Choice> choices = new ArrayList<>();
        for (Choice choice : finished.choices()) {
            Partial seen = published.get(choice.index());
            boolean whole = seen.tokenIds().size() == choice.tokenIds().size();
            choices.add(whole ? asPublished(choice, seen) : choice);
        }
        return new Finished(
                choices,
                finished.usage(),
                finished.promptTokenIds(),
                finished.promptLogprobs(),
                finished.classification(),
                finished.embedding(),
                finished.ranking());
    }

    private static Choice asPublished(Choice choice, Partial seen) {
        List<TokenLogprob> logprobs = seen.logprobs();
        boolean all = logprobs != null && logprobs.size() == choice.tokenIds().size();
        return new Choice(
                choice.index(),
                seen.text(),
                choice.tokenIds(),
                choice.finishReason(),
                choice.stopReason(),
                all ? logprobs : choice.logprobs(),
                seen.parts());
    }
}
