package io.causalstreams.learning;

import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.adapter.PeftAdapter;
import io.causalstreams.topology.adapter.AdapterArchive;
import io.causalstreams.topology.adapter.AdapterEvent;
import io.causalstreams.topology.adapter.AdapterKey;
import io.causalstreams.topology.adapter.AdapterSignature;
import io.causalstreams.topology.adapter.FetchedAdapters;
import io.causalstreams.tuning.FineTuning;
import io.causalstreams.tuning.TuningException;
import io.causalstreams.tuning.TuningListener;
import io.causalstreams.tuning.TuningOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tunes with {@link FineTuning}, on one core, at the engine's leisure. A round has a directory of its own, by what it consists of, with
 * the state from which it goes on bit for bit.
 */
public final class FineTuner implements Tuner {
    private final FineTunerSettings settings;
    private final FirstTokens engine;
    private final double share;

    /**
     * Beside an engine.
     *
     * @param share of the time that it works while the engine is busy, above 0 to 1
     */
    public FineTuner(FineTunerSettings settings, FirstTokens engine, double share) {
        this.settings = settings;
        this.engine = engine;
        this.share = share;
    }

    /**
     * Where its files are, and how it tunes.
     *
     * @param checkpoint as {@link FineTuning#run} takes it
     * @param work for rounds; another owner of the loop goes on with them if it sees them
     * @param store for archives of adapters, where those who serve can read them
     * @param base the model's name, which goes with an adapter; null = none does
     * @param keys with which adapters are signed; null = they are not
     */
    public record FineTunerSettings(
            Path checkpoint,
            Path work,
            Path store,
            @Nullable String base,
            @Nullable Keys keys,
            TuningOptions options) {}

    /** A pair of Ed25519. */
    public record Keys(PrivateKey privateKey, PublicKey publicKey) {}

    @Override
    public Result tune(Round round, BooleanSupplier stopped) {
        try {
            return run(round, stopped);
        } catch (IOException e) {
            throw new TuningException("round " + round.number() + ": " + e.getMessage(), e);
        }
    }

    private Result run(Round round, BooleanSupplier stopped) throws IOException {
        Path rounds = Files.createDirectories(settings.work().resolve(round.adapter()));
        Path directory = rounds.resolve("round-%06d-%s".formatted(round.number(), digest(round)));
        Files.createDirectories(directory);
        Path records = write(directory.resolve("records.jsonl"), round.records());
        Path heldBack = write(directory.resolve("held-back.jsonl"), round.heldBack());
        Path start = round.start() == null
                ? null
                : new FetchedAdapters(settings.work().resolve("fetched")).fetch(round.start());
        Pace pace = new Pace(engine, share);
        FineTuning.Improvement improvement = FineTuning.improve(
                settings.checkpoint(), records, heldBack, start, directory, options(start), new TuningListener() {
                    @Override
                    public void beforeWork() {
                        pace.beforeWork(stopped);
                    }
                });
        AdapterEvent adapter = improvement.isBetter() ? published(round, directory) : null;
        removeOthers(rounds, directory);
        return new Result(improvement.before(), improvement.after(), adapter, null);
    }

    private static String digest(Round round) {
        String all = String.join("\n", round.records()) + "\n\n" + String.join("\n", round.heldBack()) + "\n\n"
                + (round.start() == null ? "" : round.start().sha256());
        return AdapterArchive.digest(all.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    }

    private static Path write(Path file, List<String> lines) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, String.join("\n", lines) + "\n");
        return Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** An adapter goes on in its own form. */
    private TuningOptions options(@Nullable Path start) {
        TuningOptions options = settings.options();
        if (start == null) {
            return options;
        }
        try (PeftAdapter adapter = PeftAdapter.open(start)) {
            LoraConfig own = adapter.config();
            List<String> targets = adapter.modules().stream()
                    .map(name -> name.substring(name.lastIndexOf('.') + 1))
                    .distinct()
                    .sorted()
                    .toList();
            return new TuningOptions(
                    new LoraConfig(own.rank(), own.alpha(), own.rankStabilised(), targets),
                    options.storage(),
                    options.schedule(),
                    options.maxTokens(),
                    options.batchTokens(),
                    options.keptBytes(),
                    options.threads(),
                    options.seed());
        }
    }

    private AdapterEvent published(Round round, Path directory) throws IOException {
        AdapterEvent event = AdapterArchive.store(AdapterArchive.pack(directory), settings.store(), settings.base());
        Keys keys = settings.keys();
        return keys == null
                ? event
                : event.signed(AdapterSignature.sign(
                        new AdapterKey(round.adapter(), false), event, keys.privateKey(), keys.publicKey()));
    }

    /** What came before is in the topic, or was not worth it; this round's stay until the next has one. */
    private static void removeOthers(Path rounds, Path current) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(rounds)) {
            files = all.filter(path -> !path.equals(rounds) && !path.startsWith(current))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path each : files) {
            Files.deleteIfExists(each);
        }
    }
}
