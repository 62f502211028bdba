package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.engine.pooled.PooledEngine;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.model.PooledModel;
import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.OpenedModel;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import io.causalstreams.inference.internal.scheduling.FairPriorityPolicy;
import io.causalstreams.inference.internal.text.ChatTemplate;
import io.causalstreams.inference.internal.text.HuggingFaceEncoder;
import io.causalstreams.inference.internal.text.HuggingFaceTokenizer;
import io.causalstreams.inference.internal.text.TextEncoder;
import io.causalstreams.inference.internal.text.TextFrame;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Wires an engine. */
public final class EngineFactory {
    private EngineFactory() {}

    /**
     * Loads a model directory and starts the engine.
     *
     * @throws GenerationException.Failed naming the file that cannot be used
     */
    public static GenerationEngine open(Path modelDirectory, EngineConfig config) {
        ModelDirectory directory = ModelDirectory.at(modelDirectory);
        OpenedModel opened = OnnxModels.open(directory, config);
        if (opened instanceof OpenedModel.Pooled pooled) {
            return start(pooled.model(), directory.path(), config);
        }
        CausalLm model = ((OpenedModel.Causal) opened).model();
        Tokenizer tokenizer = closingIfItFails(model::close, () -> HuggingFaceTokenizer.open(directory.path()));
        return closingIfItFails(
                () -> {
                    model.close();
                    tokenizer.close();
                },
                () -> {
                    @Nullable
                    ChatTemplate template = ChatTemplate.load(directory.path()).orElse(null);
                    return start(
                            model,
                            tokenizer,
                            template,
                            new LazyConstraints(tokenizer, config),
                            config,
                            Clock.systemUTC());
                });
    }

    private static GenerationEngine start(PooledModel model, Path directory, EngineConfig config) {
        TextFrame frame = closingIfItFails(model::close, () -> TextFrame.read(directory));
        TextEncoder encoder = closingIfItFails(model::close, () -> HuggingFaceEncoder.open(directory));
        return PooledEngine.start(model, encoder, frame, config, Clock.systemUTC());
    }

    private static <T> T closingIfItFails(Runnable close, Supplier<T> step) {
        try {
            return step.get();
        } catch (RuntimeException e) {
            close.run();
            throw e;
        }
    }

    /** Starts an engine that owns, and closes, the model and the tokenizer. */
    static GenerationEngine start(
            CausalLm model,
            Tokenizer tokenizer,
            @Nullable ChatTemplate template,
            Function<OutputConstraint, TokenConstraint> constraints,
            EngineConfig config,
            Clock clock) {
        ModelMetadata metadata = model.metadata();
        ModelFacts facts = ModelFacts.of(metadata, tokenizer);
        Adapters adapters = new Adapters(model);
        RequestPreparation preparation = new RequestPreparation(
                metadata,
                model.maxContextTokens(),
                tokenizer,
                template == null ? null : template::render,
                constraints,
                adapters);
        ModelInfo info = new ModelInfo(
                metadata.name(),
                metadata.fingerprint(),
                metadata.vocabularySize(),
                model.maxContextTokens(),
                metadata.precision(),
                template != null);
        EngineThread thread = new EngineThread("causal-streams-engine", () -> {
            model.close();
            tokenizer.close();
        });
        SubmissionQueue queue = new SubmissionQueue(model.slots() + config.maxWaiting(), thread::wake);
        EngineLoop loop = new EngineLoop(model, config, queue, new FairPriorityPolicy(), clock, System::nanoTime);
        thread.start(loop, queue);
        return new BatchingEngine(info, facts, preparation, adapters, queue, loop, thread);
    }
}
