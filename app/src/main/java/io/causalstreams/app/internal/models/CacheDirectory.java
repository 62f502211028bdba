package io.causalstreams.app.internal.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where downloads and exports are kept: {@code ${XDG_CACHE_HOME:-~/.cache}/causal-streams}. Everything in it can be made
 * again.
 *
 * @param root need not exist yet
 */
public record CacheDirectory(Path root) {

    /** The user's, by the XDG base directory specification. */
    public static CacheDirectory ofUser() {
        return of(System.getenv(), System.getProperty("user.home"));
    }

    static CacheDirectory of(Map<String, String> environment, String home) {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path cache = Path.of(xdg);
        // The specification: an empty or relative path is to be ignored.
        return new CacheDirectory((cache.isAbsolute() ? cache : Path.of(home, ".cache")).resolve("causal-streams"));
    }

    /** Checkpoints of known models: {@code downloads/<alias>/<file>}. */
    public Path downloads() {
        return root.resolve("downloads");
    }

    /** Exported model directories, named by model, precision and key. */
    public Path exports() {
        return root.resolve("exports");
    }

    /** Adapters that came by a topic, by digest. */
    public Path adapters() {
        return root.resolve("adapters");
    }

    /** Digests of sources that have not changed since. */
    Path digests() {
        return root.resolve("digests");
    }

    /** A scratch directory on the same file system as everything else here, so that moving out of it is atomic. */
    Path newScratch() throws IOException {
        Path scratch = root.resolve("scratch");
        Files.createDirectories(scratch);
        return Files.createTempDirectory(scratch, "work-");
    }

    /** Taken by whoever makes the thing called {@code name}. */
    FileLock lock(String name) {
        return new FileLock(root.resolve("locks").resolve(name + ".lock"));
    }
}
