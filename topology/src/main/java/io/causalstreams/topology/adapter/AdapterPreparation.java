package io.causalstreams.topology.adapter;

import java.io.IOException;
import java.nio.file.Path;

/** Makes the file that an engine loads of an adapter in peft's files; the exporter does, for the checkpoint it knows. */
@FunctionalInterface
public interface AdapterPreparation {

    /**
     * The file; made once for each adapter.
     *
     * @param adapter a directory with {@code adapter_config.json} and {@code adapter_model.safetensors}
     * @throws IOException if it cannot be read or written
     */
    Path file(Path adapter) throws IOException;

    /**
     * The file for one of several models; made as {@link #file(Path)} is where all take the same.
     *
     * @param model its name among those that are served
     */
    default Path file(Path adapter, String model) throws IOException {
        return file(adapter);
    }

    /** For topics whose archives hold adapters that were converted already. */
    static AdapterPreparation none() {
        return adapter -> adapter.resolve("adapter_model.safetensors");
    }
}
