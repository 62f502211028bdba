package io.causalstreams.app;

import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.inference.GenerationEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Adapters that requests can name, beside the model. */
final class AdapterOptions {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--adapter",
            paramLabel = "NAME=DIR",
            description = "A LoRA adapter, as peft and 'tune' save them; may be given several times. Requests choose by"
                    + " 'adapter', or 'model' as model:NAME. The model must be a checkpoint.")
    private Map<String, Path> adapters = new LinkedHashMap<>();

    boolean isEmpty() {
        return adapters.isEmpty();
    }

    /** Refuses a model whose checkpoint is not there to convert adapters by. */
    void check(ModelSource source) {
        if (!adapters.isEmpty() && source instanceof ModelSource.Exported) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--adapter: " + source.label() + " is exported already; name the checkpoint it was made from");
        }
    }

    /**
     * Converts what is not converted yet, and loads all into {@code engine}, which is closed if that fails.
     *
     * @param model the directory that {@code engine} runs, of {@link ModelStore#adaptableDirectory}
     * @return {@code engine}
     */
    GenerationEngine loadedInto(GenerationEngine engine, ModelStore store, ModelSource source, Path model)
            throws IOException {
        try {
            for (Map.Entry<String, Path> adapter : adapters.entrySet()) {
                engine.loadAdapter(adapter.getKey(), store.adapter(source, adapter.getValue(), model));
            }
            return engine;
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }
}
