package io.causalstreams.tuning;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.export.CheckpointFormats;
import io.causalstreams.export.internal.adapter.PeftAdapter;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.Families;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.inference.internal.text.ChatTemplate;
import io.causalstreams.inference.internal.text.HuggingFaceTokenizer;
import io.causalstreams.inference.internal.text.Tokenizer;
import io.causalstreams.tuning.internal.adapter.Adapter;
import io.causalstreams.tuning.internal.adapter.AdapterFiles;
import io.causalstreams.tuning.internal.data.Example;
import io.causalstreams.tuning.internal.data.RecordReader;
import io.causalstreams.tuning.internal.model.TrainableModel;
import io.causalstreams.tuning.internal.training.LossCurve;
import io.causalstreams.tuning.internal.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tunes a checkpoint on records, into an adapter that peft and this project load. */
public final class FineTuning {
    private static final String STATE = "training-state.bin";
    private static final String CURVE = "loss.svg";

    private FineTuning() {}

    /**
     * Trains, or goes on where a run with the same arguments was ended.
     *
     * @param checkpoint as {@link io.causalstreams.export.OnnxExporter#export} takes it
     * @param records see {@link RecordReader}
     * @param output a directory for the adapter, the curve of losses, and the state of the training
     * @throws TuningException if a file cannot be read or written, or the model cannot be trained
     */
    public static void run(Path checkpoint, Path records, Path output, TuningOptions options, TuningListener listener) {
        try (Checkpoint opened = CheckpointFormats.open(checkpoint)) {
            Files.createDirectories(output);
            ModelConfig config = new ModelConfig(opened.config());
            Decoder decoder =
                    Families.describe(config, Tensors.of(opened.weights())).ofShortSequences();
            List<Example> examples = new ArrayList<>(read(opened, config, records, options, output));
            if (examples.size() < 2) {
                throw new TuningException(records + ": has " + examples.size() + " records; give more to learn from");
            }
            Collections.shuffle(examples, new Random(options.seed()));
            int heldBack = (int) Math.round(options.schedule().validation() * examples.size());
            TrainableModel.Settings settings =
                    new TrainableModel.Settings(options.storage(), options.keptBytes(), options.threads());
            try (TrainableModel model = new TrainableModel(decoder, options.lora(), settings)) {
                Trainer trainer = new Trainer(
                        model,
                        examples.subList(heldBack, examples.size()),
                        examples.subList(0, heldBack),
                        options,
                        listener);
                trainer.run(output.resolve(STATE), identity(opened, records, options), results(output, opened.name()));
            }
        } catch (CheckpointException | UnsupportedModelException e) {
            throw new TuningException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new TuningException("cannot write " + output + ": " + e.getMessage(), e);
        }
    }

    /**
     * Goes on from an adapter with more records, or where a call with the same arguments was ended. What comes of it is written only
     * if it is better on the records held back. Records that cannot be learned are left out.
     *
     * @param heldBack at least one record that can be read
     * @param start the adapter to go on from; null = the model alone
     * @param output as for {@link #run}
     */
    public static Improvement improve(
            Path checkpoint,
            Path records,
            Path heldBack,
            @Nullable Path start,
            Path output,
            TuningOptions options,
            TuningListener listener) {
        try (Checkpoint opened = CheckpointFormats.open(checkpoint)) {
            Files.createDirectories(output);
            ModelConfig config = new ModelConfig(opened.config());
            Decoder decoder =
                    Families.describe(config, Tensors.of(opened.weights())).ofShortSequences();
            List<Example> examples =
                    read(opened, config, output, reader -> reader.readable(records, options.maxTokens()));
            List<Example> checks =
                    read(opened, config, output, reader -> reader.readable(heldBack, options.maxTokens()));
            if (examples.isEmpty() || checks.isEmpty()) {
                throw new TuningException(
                        (checks.isEmpty() ? heldBack : records) + ": has no record that can be learned");
            }
            TrainableModel.Settings settings =
                    new TrainableModel.Settings(options.storage(), options.keptBytes(), options.threads());
            try (TrainableModel model = new TrainableModel(decoder, options.lora(), settings)) {
                Trainer trainer = new Trainer(model, examples, checks, options, listener);
                String identity = identity(opened, records, options) + " " + digest(heldBack)
                        + (start == null ? "" : " " + digest(start.resolve(PeftAdapter.WEIGHTS)));
                double[] losses = trainer.improve(
                        output.resolve(STATE),
                        identity,
                        adapter -> readInto(adapter, start),
                        results(output, opened.name()));
                return new Improvement(examples.size(), checks.size(), losses[0], losses[1]);
            }
        } catch (CheckpointException | UnsupportedModelException e) {
            throw new TuningException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new TuningException("cannot write " + output + ": " + e.getMessage(), e);
        }
    }

    /**
     * What an {@link #improve} came to. Losses are of the records held back, mean of their predicted tokens, in nats.
     *
     * @param before of the adapter it went on from
     * @param after of the best there was; that of {@code before} when none was better, and then nothing was written
     */
    public record Improvement(int examples, int heldBack, double before, double after) {

        public boolean isBetter() {
            return after < before;
        }
    }

    private static void readInto(Adapter adapter, @Nullable Path start) {
        if (start != null) {
            try (PeftAdapter saved = PeftAdapter.open(start)) {
                AdapterFiles.read(saved, adapter);
            }
        }
    }

    private static List<Example> read(
            Checkpoint checkpoint, ModelConfig config, Path records, TuningOptions options, Path output)
            throws IOException {
        return read(checkpoint, config, output, reader -> reader.read(records, options.maxTokens()));
    }

    private static List<Example> read(
            Checkpoint checkpoint, ModelConfig config, Path output, Function<RecordReader, List<Example>> reading)
            throws IOException {
        Path files = Files.createTempDirectory(output, "tokenizer");
        try {
            checkpoint.writeTokenizer(files);
            try (Tokenizer tokenizer = HuggingFaceTokenizer.open(files)) {
                JsonNode tokens = json(files.resolve("tokenizer_config.json"));
                List<Integer> bos = config.tokenIds("bos_token_id");
                boolean addsBos = tokens.path("add_bos_token").asBoolean(false) && !bos.isEmpty();
                Set<Integer> ends = new LinkedHashSet<>(config.tokenIds("eos_token_id"));
                ends.addAll(new ModelConfig(json(files.resolve("generation_config.json"))).tokenIds("eos_token_id"));
                return reading.apply(new RecordReader(
                        tokenizer, ChatTemplate.load(files), addsBos ? bos.get(0) : -1, List.copyOf(ends)));
            }
        } finally {
            for (String name : List.of(
                    "tokenizer.json", "tokenizer_config.json", "generation_config.json", "chat_template.jinja")) {
                Files.deleteIfExists(files.resolve(name));
            }
            Files.deleteIfExists(files);
        }
    }

    private static JsonNode json(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        return Files.exists(file) ? mapper.readTree(file.toFile()) : mapper.createObjectNode();
    }

    private static Trainer.Results results(Path output, String base) {
        return new Trainer.Results() {
            @Override
            public void keep(Adapter adapter) throws IOException {
                AdapterFiles.write(output, adapter, base);
            }

            @Override
            public void draw(List<double[]> training, List<double[]> validation) throws IOException {
                Path next = output.resolve(CURVE + ".next");
                Files.writeString(next, LossCurve.of(training, validation));
                Files.move(next, output.resolve(CURVE), StandardCopyOption.REPLACE_EXISTING);
            }
        };
    }

    private static String identity(Checkpoint checkpoint, Path records, TuningOptions options) throws IOException {
        return checkpoint.name() + " " + digest(records) + " " + options;
    }

    private static String digest(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
