package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.topology.event.OutputEvents.Partial;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds a completion to what readers of the token events have seen: text and log-probabilities are those published,
 * also when the engine computed the first tokens in another life of the task.
 */
final class PublishedText {

    private PublishedText() {}

    static Finished of(Finished finished, List<Partial> published) {
        List<Choice> choices = new ArrayList<>();
        for (Choice choice : finished.choices()) {
            Partial seen = published.get(choice.index());
            boolean whole = seen.tokenIds().size() == choice.tokenIds().size();
            choices.add(whole ? withPublished(choice, seen) : choice);
        }
        return new Finished(
                choices,
                finished.usage(),
                finished.promptTokenIds(),
                finished.promptLogprobs(),
                finished.classification());
    }

    private static Choice withPublished(Choice choice, Partial seen) {
        List<TokenLogprob> logprobs = seen.logprobs();
        boolean all = logprobs != null && logprobs.size() == choice.tokenIds().size();
        return new Choice(
                choice.index(),
                seen.text(),
                choice.tokenIds(),
                choice.finishReason(),
                choice.stopReason(),
                all ? logprobs : choice.logprobs());
    }
}
