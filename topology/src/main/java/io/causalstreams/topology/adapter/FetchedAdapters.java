package io.causalstreams.topology.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Adapters that were fetched, by digest. They outlive their records, so that a request that began with a version can end with it.
 *
 * <pre>
 *   &lt;sha256&gt;/adapter_config.json, adapter_model.safetensors     appear whole or not at all
 * </pre>
 *
 * <p>Threading: any thread, any process.
 */
public final class FetchedAdapters {
    private static final long MAX_BYTES = 1L << 30;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path directory;

    /** Those that are kept in {@code directory}, which need not exist yet. */
    public FetchedAdapters(Path directory) {
        this.directory = directory;
    }

    /** The adapter of this digest, if it was fetched before; else null. */
    @Nullable
    Path find(String sha256) throws IOException {
        Path known = directory.resolve(sha256);
        if (!Files.exists(known)) {
            return null;
        }
        Files.setLastModifiedTime(known, FileTime.from(Instant.now())); // last use
        return known;
    }

    /**
     * The adapter, fetched if it was not before.
     *
     * @throws AdapterRefusedException if what is there is not what was announced
     * @throws IOException if it cannot be had now
     */
    public Path fetch(AdapterEvent event) throws IOException {
        Path known = find(event.sha256());
        if (known != null) {
            return known;
        }
        byte[] archive = archive(event);
        String digest = AdapterArchive.digest(archive);
        if (!digest.equals(event.sha256())) {
            throw new AdapterRefusedException(
                    "its archive has the digest " + digest + ", announced was " + event.sha256());
        }
        Files.createDirectories(directory);
        Path next = Files.createTempDirectory(directory, ".next-");
        try {
            AdapterArchive.unpack(archive, MAX_BYTES, next);
            Path target = directory.resolve(event.sha256());
            try {
                return Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (DirectoryNotEmptyException e) {
                return target; // someone was faster
            }
        } finally {
            delete(next);
        }
    }

    private static byte[] archive(AdapterEvent event) throws IOException {
        if (event.data() != null) {
            try {
                return Base64.getDecoder().decode(event.data());
            } catch (IllegalArgumentException e) {
                throw new AdapterRefusedException("data is not Base64", e);
            }
        }
        URI uri;
        try {
            uri = URI.create(Objects.requireNonNull(event.uri()));
        } catch (IllegalArgumentException e) {
            throw new AdapterRefusedException("uri is none: " + e.getMessage(), e);
        }
        return switch (String.valueOf(uri.getScheme())) {
            case "file" -> read(Path.of(uri));
            case "https" -> download(uri);
            default -> throw new AdapterRefusedException("uri is " + uri + "; file: and https: are read");
        };
    }

    private static byte[] read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new AdapterRefusedException(file + " has more than " + MAX_BYTES + " bytes");
        }
        return Files.readAllBytes(file);
    }

    private static byte[] download(URI uri) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
        try {
            HttpResponse<InputStream> response = HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(10))
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new IOException(uri + " answers " + response.statusCode());
                }
                byte[] bytes = body.readNBytes((int) MAX_BYTES);
                if (body.read() >= 0) {
                    throw new AdapterRefusedException(uri + " has more than " + MAX_BYTES + " bytes");
                }
                return bytes;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading " + uri, e);
        }
    }

    /** Removes what nobody has used for so long. */
    void prune(Duration unused) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Instant before = Instant.now().minus(unused);
        try (Stream<Path> all = Files.list(directory)) {
            for (Path each : all.toList()) {
                if (Files.getLastModifiedTime(each).toInstant().isBefore(before)) {
                    delete(each);
                }
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            List<Path> files;
            try (Stream<Path> all = Files.walk(tree)) {
                files = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : files) {
                Files.deleteIfExists(each);
            }
        }
    }
}
