package io.causalstreams.inference;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that its engine has read once: checked, rendered by the chat template, tokenized, its constraint compiled. It
 * may be started at any time, again after {@link GenerationException.Busy}, and any number of times, with no such work done
 * again; only by the engine that prepared it. Immutable.
 */
public interface PreparedRequest {

    /** What was prepared, with the tokens it resumes from and its deadline as they are now. */
    GenerationRequest request();

    /** Tokens of the prompt as the model reads it, chat template and first token included. */
    int promptTokens();

    /** These tokens; of several texts one behind the other. */
    List<Integer> promptTokenIds();

    /**
     * This request, continued after {@code tokens} (per choice); see {@link GenerationRequest#resumeFrom()}.
     *
     * @throws GenerationException.Invalid if they are more choices than the request has, or no tokens of the model
     */
    PreparedRequest resumedFrom(List<List<Integer>> tokens);

    /** This request with another deadline. */
    PreparedRequest withDeadline(@Nullable Instant deadline);
}
