package io.causalstreams.export.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Brings one file into {@code blobs}, continuing where an earlier attempt stopped, and checks it before it gets its name.
 *
 * <pre>
 *  (etag).incomplete, n bytes ──GET, Range: bytes=n-──► 206: append │ 200: from the start
 *        │ complete                                     cut off or silent: again from where it stopped
 *        ▼
 *  size and digest as promised? ──no──► delete, once more from the start, then give up
 *        │ yes
 *        ▼
 *      (etag)
 * </pre>
 *
 * @param what how errors call the file
 * @param uri where it is; asked anew on every attempt, since the hosts it leads to sign their links for a short time
 */
record FileDownload(
        String what, URI uri, RemoteFile file, HubHttp http, HubSettings settings, DownloadProgress progress) {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int ATTEMPTS_AT_CONTENT = 2;

    void into(CacheFolder folder) throws IOException, InterruptedException {
        Path incomplete = folder.incomplete(file);
        Files.createDirectories(incomplete.resolveSibling(""));
        for (int attempt = 0; attempt < ATTEMPTS_AT_CONTENT; attempt++) {
            fetch(incomplete);
            if (ContentCheck.matches(incomplete, file)) {
                Files.move(
                        incomplete,
                        folder.blob(file),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                return;
            }
            Files.delete(incomplete);
        }
        throw new HubException(what + ": the content is not what the hub's ETag " + file.etag()
                + " promises; try again later, or another HF_ENDPOINT");
    }

    /** Until all bytes are there. */
    private void fetch(Path incomplete) throws IOException, InterruptedException {
        Retries retries = new Retries(settings.firstDelay());
        for (long have = size(incomplete); have != file.size() || !Files.exists(incomplete); have = size(incomplete)) {
            if (have > file.size()) {
                Files.delete(incomplete);
                continue;
            }
            Optional<HttpResponse<?>> answer = Optional.empty();
            try {
                HttpResponse<InputStream> response = http.get(uri, have);
                answer = Optional.of(response);
                try (InputStream body = new StallGuard(response.body(), settings.stallTimeout())) {
                    receive(response, body, have, incomplete);
                }
            } catch (IOException e) {
                if (size(incomplete) > have) {
                    retries.progressed();
                }
                retries.failed(what, e, answer);
            }
        }
    }

    private void receive(HttpResponse<?> response, InputStream body, long have, Path incomplete) throws IOException {
        boolean continues = response.statusCode() == 206 && startsAt(response, have);
        if (response.statusCode() != 200 && !continues) {
            throw refusal(response);
        }
        long done = continues ? have : 0;
        try (OutputStream out = Files.newOutputStream(
                incomplete,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                continues ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            progress.set(file.name(), done);
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                if (read > file.size() - done) {
                    throw new IOException("more than the promised " + file.size() + " bytes");
                }
                out.write(buffer, 0, read);
                done += read;
                progress.set(file.name(), done);
            }
        }
        if (done < file.size()) {
            throw new IOException("the connection ended after " + done + " of " + file.size() + " bytes");
        }
    }

    private IOException refusal(HttpResponse<?> response) {
        if (response.statusCode() == 416
                || response.statusCode() == 206
                || Retries.worthRetrying(response.statusCode())) {
            return new IOException("HTTP status " + response.statusCode());
        }
        throw new HubException(what + ": HTTP status " + response.statusCode() + " from "
                + response.uri().getHost() + "; check the name and your access to it");
    }

    private static boolean startsAt(HttpResponse<?> response, long offset) {
        return response.headers()
                .firstValue("Content-Range")
                .filter(range -> range.startsWith("bytes " + offset + "-"))
                .isPresent();
    }

    private static long size(Path path) throws IOException {
        return Files.exists(path) ? Files.size(path) : 0;
    }
}
