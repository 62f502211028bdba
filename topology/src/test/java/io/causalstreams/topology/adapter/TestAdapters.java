package io.causalstreams.topology.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Archives that look like adapters. */
public final class TestAdapters {
    private TestAdapters() {}

    /** One whose digest depends on {@code content}. */
    public static byte[] archive(String content) {
        try {
            Path directory = Files.createTempDirectory("adapter");
            Files.writeString(directory.resolve("adapter_config.json"), "{}");
            Files.writeString(directory.resolve("adapter_model.safetensors"), content);
            return AdapterArchive.pack(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its record. */
    public static AdapterEvent event(String content) {
        return AdapterEvent.inline(archive(content), null);
    }

    /** Takes out what nobody needs, at once. */
    public static void sweepNow(AdapterCatalog catalog) {
        catalog.sweep(java.time.Duration.ofNanos(-1));
    }
}
