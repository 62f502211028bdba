package io.causalstreams.inference;

import io.causalstreams.inference.internal.engine.EngineFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Generates text with one causal language model; many requests share each forward pass (continuous batching).
 *
 * <p>Threading: every method may be called from any thread. {@link #prepare} works on the caller's thread, the forward passes
 * are run by the engine's one thread, and events arrive on that thread: a listener or subscriber must not block.
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
     * Reads a request: checks its parameters, renders and tokenizes its prompt, compiles its constraint. This is all the work
     * of a request that is done on the caller's thread.
     *
     * @throws GenerationException.Invalid naming the field at fault
     * @throws GenerationException.Aborted if the engine was closed, {@code Dead} if it died: no verdict on the request
     */
    PreparedRequest prepare(GenerationRequest request);

    /**
     * Runs a request: {@code listener} is given its tokens and then its end, by one thread of the engine at a time; on devices tokens
     * may come on another one than ends. Never blocks.
     * A passed deadline is no failure: it finishes with {@link FinishReason#DEADLINE_EXCEEDED}.
     *
     * @param request prepared by this engine
     * @return the running request, to cancel it
     * @throws GenerationException.Busy if the engine is full: start it again later
     * @throws GenerationException.Aborted if the engine was closed: run it on another; {@code Dead} if it died
     */
    Generation generate(PreparedRequest request, GenerationListener listener);

    /**
     * Prepares and runs one request. The stream is {@link GenerationEvent.TokenChunk}* then exactly one {@link
     * GenerationEvent.Finished}, or an error. Cancelling the subscription cancels the request. Events nobody has asked for yet
     * are kept; their number is bounded by {@code n * maxTokens + 1}.
     *
     * <p>Error signals are {@link GenerationException}s: {@code Invalid} (never retry), {@code Busy} (retry later),
     * {@code Aborted} (the engine was closed; retry on another), {@code Failed} (this request cannot be run here),
     * {@code Dead} (nothing can be run here any more; retry on another).
     *
     * <p>Cold: each subscription prepares and runs the request again.
     */
    default Flux<GenerationEvent> generate(GenerationRequest request) {
        return GenerationStream.of(request.id(), listener -> generate(prepare(request), listener));
    }

    /** Facts of the loaded model; of the default one, where there are several. */
    ModelInfo model();

    /**
     * Facts of the model that answers requests with this {@linkplain GenerationRequest#model() model}. An engine of one model
     * answers with it whatever they name.
     *
     * @param name null = the default
     * @throws GenerationException.Invalid if there is none of this name; the message names those there are
     */
    default ModelInfo model(@Nullable String name) {
        return model();
    }

    /** The engines of one model behind this one, by the model's name; this engine alone, if it has one. A snapshot. */
    default Map<String, GenerationEngine> engines() {
        return Map.of(model().name(), this);
    }

    /**
     * Adds a low-rank adapter, or replaces the one of this name: requests prepared from now on can name it ({@link
     * GenerationRequest#adapter()}), those prepared before keep what they have. Rows of one batch may have different adapters.
     *
     * @param file of {@code export}'s conversion, made for this very model
     * @throws GenerationException.Failed if the model takes no adapters or the file cannot be used; nothing has changed then
     */
    default void loadAdapter(String name, Path file) {
        throw new GenerationException.Failed(
                "model " + model().name() + " takes no adapters; export it again with --adapters", null);
    }

    /** Takes an adapter away; requests that run with it end with it. @return false if there was none of this name */
    default boolean unloadAdapter(String name) {
        return false;
    }

    /** Names of the adapters that requests can name. A snapshot. */
    default Set<String> adapters() {
        return Set.of();
    }

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
