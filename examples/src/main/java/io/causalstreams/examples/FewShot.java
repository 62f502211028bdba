package io.causalstreams.examples;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.SamplingParams;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows a model what is wanted before it is asked. A small one follows examples better than instructions; and as they are
 * the same in each prompt, the engine computes them once and reuses their cache.
 *
 * @param instruction the system message
 * @param shown inputs and wanted answers, in turn
 */
record FewShot(String instruction, List<String> shown) {

    /** The greedy answer to {@code input}, of at most {@code maxTokens} tokens. */
    GenerationRequest ask(String input, int maxTokens) {
        List<Message> messages = new ArrayList<>(List.of(new Message("system", instruction)));
        for (int i = 0; i < shown.size(); i++) {
            messages.add(new Message(i % 2 == 0 ? "user" : "assistant", shown.get(i)));
        }
        messages.add(new Message("user", input));
        return GenerationRequest.of("", new Prompt.Chat(messages), SamplingParams.greedy(maxTokens));
    }
}
