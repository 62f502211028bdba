package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest;
import java.util.ArrayList;
import java.util.List;

/** Checks the token ids that requests name against those of one engine's model. */
final class Vocabulary {
    private final int size;

    Vocabulary(int size) {
        this.size = size;
    }

    /** @throws Invalid if {@code field} of request {@code id} names a token that is none of the model */
    void check(String id, String field, Iterable<Integer> tokens) {
        for (int token : tokens) {
            if (token < 0 || token >= size) {
                throw new Invalid(
                        field,
                        "request " + id + ": " + field + " holds token " + token + ", the vocabulary has 0 to "
                                + (size - 1));
            }
        }
    }

    /** Per choice the tokens generated before; as many entries as choices. @throws Invalid if they are none of the model */
    List<int[]> resumed(GenerationRequest request) {
        List<List<Integer>> resumeFrom = request.resumeFrom();
        int choices = request.sampling().n();
        if (resumeFrom.size() > choices) {
            throw new Invalid(
                    "n", "request " + request.id() + ": resumes " + resumeFrom.size() + " choices of " + choices);
        }
        List<int[]> resumed = new ArrayList<>();
        for (int choice = 0; choice < choices; choice++) {
            List<Integer> tokens = choice < resumeFrom.size() ? resumeFrom.get(choice) : List.of();
            check(request.id(), "resume_from", tokens);
            resumed.add(tokens.stream().mapToInt(Integer::intValue).toArray());
        }
        return resumed;
    }
}
