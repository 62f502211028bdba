package io.causalstreams.inference;

import io.causalstreams.inference.internal.engine.EngineFactory;
import java.nio.file.Path;
import reactor.core.publisher.Flux;

/**
 * Generates text with one causal language model; many requests share each forward pass (continuous batching).
 *
 * <p>Threading: every method may be called from any thread. Tokenizing happens on the subscriber's thread, the forward
 * passes on the engine's one thread, and events arrive on that thread: a subscriber must not block.
 */
public interface GenerationEngine extends AutoCloseable {

    /**
     * Loads a model directory (see {@code docs/graph-contract.md}) and starts the engine thread. Close it before the JVM has
     * exited, in a shutdown hook for instance: on the module path, where ONNX Runtime cannot be kept loaded until the end, a step
     * that still runs may crash in native code.
     *
     * @param modelDirectory holds {@code model.onnx}, {@code tokenizer.json}, {@code tokenizer_config.json}
     * @throws GenerationException.Failed if the directory is not a model this engine can run; the message names the file
     */
    static GenerationEngine open(Path modelDirectory, EngineConfig config) {
        return EngineFactory.open(modelDirectory, config);
    }

    /**
     * Runs one request. The stream is {@link GenerationEvent.TokenChunk}* then exactly one {@link GenerationEvent.Finished},
     * or an error. Cancelling the subscription frees the request's slots within one step. Events nobody has asked for
     * yet are kept; their number is bounded by {@code n * maxTokens + 1}.
     *
     * <p>Error signals are {@link GenerationException}s: {@code Invalid} (never retry), {@code Busy} (retry later),
     * {@code Aborted} (the engine was closed; retry on another), {@code Failed} (this request cannot be run here),
     * {@code Dead} (nothing can be run here any more; retry on another).
     * A passed deadline is no error: it finishes with {@link FinishReason#DEADLINE_EXCEEDED}.
     *
     * <p>Cold: each subscription runs the request again.
     */
    Flux<GenerationEvent> generate(GenerationRequest request);

    /**
     * Checks what can be checked without running: parameter ranges, prompt length against the context, constraint syntax.
     *
     * @throws GenerationException.Invalid naming the field
     * @throws GenerationException.Aborted if the engine was closed, {@code Dead} if it died: no verdict on the request
     */
    void validate(GenerationRequest request);

    /**
     * Tokens of the request's prompt as the model would read it, chat template and first token included; what
     * {@link Usage#promptTokens()} tells of a request that runs. An engine that cannot say so counts ids only.
     *
     * @throws GenerationException.Invalid if the prompt cannot be made into tokens
     * @throws GenerationException.Aborted if the engine was closed, {@code Dead} if it died
     */
    default int promptTokens(GenerationRequest request) {
        return request.prompt() instanceof Prompt.Tokens tokens ? tokens.ids().size() : 0;
    }

    /** Facts of the loaded model. */
    ModelInfo model();

    /** A consistent picture of the engine after its last step. */
    EngineStats stats();

    /** Whether it takes requests: not after {@link #close()}, nor after it died. */
    default boolean isAlive() {
        return true;
    }

    /** Ends every open stream with {@link GenerationException.Aborted} and releases native memory. Idempotent. */
    @Override
    void close();
}
