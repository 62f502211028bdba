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

    /** For topics whose archives hold adapters that were converted already. */
    static AdapterPreparation none() {
        return adapter -> adapter.resolve("adapter_model.safetensors");
    }
}
