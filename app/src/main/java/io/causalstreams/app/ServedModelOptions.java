package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.models.KnownModel;
import io.causalstreams.app.internal.models.ModelList;
import io.causalstreams.app.internal.models.ModelListWatch;
import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.models.ServedModels;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.adapter.AdapterPreparation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One model that answers everything, or several with names. */
final class ServedModelOptions {

    @Option(
            names = "--model",
            paramLabel = "[NAME=]SRC",
            description =
                    "An exported directory, a .gguf file, a checkpoint directory, a hub name owner/name[@revision],"
                            + " or an alias; default smollm2-135m-instruct. With names it may be given several times:"
                            + " an event's model chooses, the first is the default, NAME=@OTHER is another name.")
    private List<String> models = List.of();

    @Option(
            names = "--models",
            paramLabel = "FILE",
            description = "A file with a line NAME=SRC for each model, instead of --model. It is watched: models that"
                    + " are written into it are loaded, those that are taken out are unloaded.")
    private @Nullable Path file;

    @Mixin
    private final PrecisionOption precision = new PrecisionOption();

    @Mixin
    private final AdapterOptions adapters = new AdapterOptions();

    /**
     * Reports what is wrong with them, before anything else is tried.
     *
     * @param followed whether adapters come by a topic
     */
    void check(boolean followed) throws IOException {
        ModelList list = list();
        if (file != null && followed) {
            throw new AppException(
                    "adapters by a topic go with models that stay; name them by --model NAME=SRC instead of --models");
        } else if (followed) {
            for (String source :
                    list == null ? List.of(single()) : list.sources().values()) {
                if (ModelSource.parse(source) instanceof ModelSource.Exported exported) {
                    throw new AppException(exported.label()
                            + " is exported already; for adapters name the checkpoint it was made from");
                }
            }
        }
        if (list == null) {
            adapters.check(ModelSource.parse(single()));
        } else if (!adapters.isEmpty()) {
            throw new AppException("--adapter goes with one model; several models take none here");
        } else {
            list.sources().values().forEach(ModelSource::parse);
        }
    }

    /**
     * Downloads and exports what is missing, and loads.
     *
     * @param config what the models may use together
     * @param followed whether adapters come by a topic
     */
    GenerationEngine open(EngineConfig config, boolean followed, Progress progress)
            throws IOException, InterruptedException {
        ModelList list = list();
        if (list == null) {
            return adapters.isEmpty() ? load(single(), config, followed, progress) : withAdapters(config, progress);
        }
        ServedModels served =
                ServedModels.open(list, (source, sharing) -> load(source, config.shareOf(sharing), followed, progress));
        if (file != null) {
            ModelListWatch.start(file, list, served, progress);
        }
        return served.engine();
    }

    private GenerationEngine load(String source, EngineConfig config, boolean followed, Progress progress)
            throws IOException {
        ModelStore store = ModelStore.ofUser(progress);
        ModelSource parsed = ModelSource.parse(source);
        Path directory = followed
                ? adaptableDirectory(store, parsed)
                : store.modelDirectory(parsed, precision.orNull(), ModelOptions.DEFAULT_PRECISION);
        return EngineOptions.load(directory, config, progress);
    }

    private GenerationEngine withAdapters(EngineConfig config, Progress progress) throws IOException {
        ModelStore store = ModelStore.ofUser(progress);
        ModelSource source = ModelSource.parse(single());
        Path directory = adaptableDirectory(store, source);
        return adapters.loadedInto(EngineOptions.load(directory, config, progress), store, source, directory);
    }

    /** The one model's checkpoint. */
    Path checkpoint(Progress progress) throws IOException {
        return ModelStore.ofUser(progress).checkpoint(ModelSource.parse(single()));
    }

    /** Whether there are several models. */
    boolean areSeveral() throws IOException {
        return list() != null;
    }

    /** Converts adapters for the model that they belong to. */
    AdapterPreparation preparation(Progress progress) throws IOException {
        ModelStore store = ModelStore.ofUser(progress);
        ModelList list = list();
        if (list == null) {
            ModelSource source = ModelSource.parse(single());
            Path directory = adaptableDirectory(store, source);
            return adapter -> store.adapter(source, adapter, directory);
        }
        Map<String, ModelSource> sources = new HashMap<>();
        Map<String, Path> directories = new HashMap<>();
        for (Map.Entry<String, String> model : list.sources().entrySet()) {
            ModelSource source = ModelSource.parse(model.getValue());
            sources.put(model.getKey(), source);
            directories.put(model.getKey(), adaptableDirectory(store, source));
        }
        return new AdapterPreparation() {
            @Override
            public Path file(Path adapter) throws IOException {
                return file(adapter, list.defaultName());
            }

            @Override
            public Path file(Path adapter, String model) throws IOException {
                return store.adapter(
                        Objects.requireNonNull(sources.get(model), model),
                        adapter,
                        Objects.requireNonNull(directories.get(model), model));
            }
        };
    }

    private Path adaptableDirectory(ModelStore store, ModelSource source) throws IOException {
        return store.adaptableDirectory(source, precision.orDefault());
    }

    private String single() {
        return models.isEmpty() ? KnownModel.DEFAULT.alias() : models.get(0);
    }

    /** Null for one model without a name. */
    private @Nullable ModelList list() throws IOException {
        if (file != null && !models.isEmpty()) {
            throw new AppException("--models and --model are both there; give one of the two");
        }
        if (file != null) {
            return ModelList.read(file);
        }
        boolean unnamed = models.size() <= 1 && models.stream().noneMatch(ModelList::isEntry);
        return unnamed ? null : ModelList.of(models);
    }
}
