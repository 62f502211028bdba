package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps what a request's listener hears, and refuses anything after the end. */
final class Recorder implements RequestListener {
    final List<GenerationEvent.TokenChunk> chunks = new ArrayList<>();
    GenerationEvent.@Nullable Finished finished;

    @Nullable
    GenerationException error;

    @Override
    public void onChunk(GenerationEvent.TokenChunk chunk) {
        refuseAfterEnd();
        chunks.add(chunk);
    }

    @Override
    public void onFinished(GenerationEvent.Finished event) {
        refuseAfterEnd();
        finished = event;
    }

    @Override
    public void onError(GenerationException exception) {
        refuseAfterEnd();
        error = exception;
    }

    boolean hasEnded() {
        return finished != null || error != null;
    }

    GenerationEvent.Finished finished() {
        return Objects.requireNonNull(finished, () -> "not finished: " + error);
    }

    GenerationEvent.Choice choice(int index) {
        return finished().choices().get(index);
    }

    /** The tokens of one choice as they were emitted. */
    List<Integer> emittedTokens(int choice) {
        List<Integer> tokens = new ArrayList<>();
        chunks.stream().filter(chunk -> chunk.choice() == choice).forEach(chunk -> tokens.addAll(chunk.tokenIds()));
        return tokens;
    }

    /** The text of one choice as it was emitted. */
    String emittedText(int choice) {
        StringBuilder text = new StringBuilder();
        chunks.stream().filter(chunk -> chunk.choice() == choice).forEach(chunk -> text.append(chunk.text()));
        return text.toString();
    }

    private void refuseAfterEnd() {
        if (hasEnded()) {
            throw new AssertionError("an event after the end");
        }
    }
}
