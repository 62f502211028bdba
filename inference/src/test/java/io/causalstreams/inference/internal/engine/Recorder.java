package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what a request's listener is given, and refuses anything after the end. */
final class Recorder implements GenerationListener {
    final List<GenerationEvent.TokenChunk> chunks = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    volatile GenerationEvent.@Nullable Finished finished;

    volatile @Nullable GenerationException error;

    @Override
    public void onTokens(GenerationEvent.TokenChunk chunk) {
        refuseAfterEnd();
        chunks.add(chunk);
    }

    @Override
    public void onFinished(GenerationEvent.Finished event) {
        refuseAfterEnd();
        finished = event;
        end.countDown();
    }

    @Override
    public void onFailed(GenerationException exception) {
        refuseAfterEnd();
        error = exception;
        end.countDown();
    }

    boolean hasEnded() {
        return finished != null || error != null;
    }

    /** Waits for the end of a request that an engine's thread runs. */
    Recorder awaitEnd() {
        try {
            assertThat(end.await(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return this;
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
