package io.causalstreams.export.internal.checkpoint;

import java.nio.file.Path;
import java.util.Locale;

/** Names for events and metadata: lower case, with dashes, no path separators. */
public final class Names {

    private static final String CACHE_PREFIX = "models--";

    private Names() {}

    public static String of(String text) {
        String name =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._]+", "-").replaceAll("^[-.]+|[-.]+$", "");
        return name.isEmpty() ? "model" : name;
    }

    /** The directory's name; in a hub cache ({@code models--owner--name/snapshots/revision}) the repository's. */
    public static String ofPath(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        for (Path part = absolute; part != null; part = part.getParent()) {
            Path fileName = part.getFileName();
            if (fileName != null && fileName.toString().startsWith(CACHE_PREFIX)) {
                String repository = fileName.toString().substring(CACHE_PREFIX.length());
                return of(repository.substring(repository.lastIndexOf("--") + 1));
            }
        }
        Path fileName = absolute.getFileName();
        return of(fileName == null ? "" : fileName.toString());
    }
}
