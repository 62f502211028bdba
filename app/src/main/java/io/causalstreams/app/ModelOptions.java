package io.causalstreams.app;

import io.causalstreams.app.internal.models.KnownModel;
import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, and how precise. */
final class ModelOptions {

    /** What a checkpoint is exported to when nobody says. */
    static final Precision DEFAULT_PRECISION = Precision.FP32;

    @Option(
            names = "--model",
            paramLabel = "SRC",
            defaultValue = "smollm2-135m-instruct",
            description =
                    "An exported directory, a .gguf file, a checkpoint directory, a hub name owner/name[@revision],"
                            + " or an alias; default ${DEFAULT-VALUE}.")
    private String model = KnownModel.DEFAULT.alias();

    @Mixin
    private final PrecisionOption precision = new PrecisionOption();

    ModelSource source() {
        return ModelSource.parse(model);
    }

    String name() {
        return model;
    }

    Precision precision() {
        return precision.orDefault();
    }

    /** Downloads and exports what is missing. */
    Path directory(Progress progress) throws IOException {
        return ModelStore.ofUser(progress).modelDirectory(source(), precision.orNull(), DEFAULT_PRECISION);
    }

    /** As {@link #directory}, of a graph that takes adapters where there are some. */
    Path directory(AdapterOptions adapters, Progress progress) throws IOException {
        adapters.check(source());
        return adapters.isEmpty()
                ? directory(progress)
                : ModelStore.ofUser(progress).adaptableDirectory(source(), precision());
    }

    static final class Precisions implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of(Precision.values()).stream().map(Precision::id).iterator();
        }

        static final class Converter implements picocli.CommandLine.ITypeConverter<Precision> {
            @Override
            public Precision convert(String value) {
                for (Precision precision : Precision.values()) {
                    if (precision.id().equalsIgnoreCase(value)) {
                        return precision;
                    }
                }
                throw new picocli.CommandLine.TypeConversionException(
                        "'" + value + "' is not one of " + String.join(", ", new Precisions()));
            }
        }
    }
}
