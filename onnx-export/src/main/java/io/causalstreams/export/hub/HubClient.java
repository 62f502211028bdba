package io.causalstreams.export.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Brings checkpoints from a Hugging-Face-compatible hub to this machine.
 *
 * <p>Downloads run in parallel, resume after breaks (of the connection and of this process), and are checked by size and
 * digest before they get their names. Of a repository, the configuration, tokenizer and safetensors are taken, or one GGUF
 * file. Thread-safe.
 */
public final class HubClient {

    private static final int PARALLEL_FILES = 4;

    private final HubSettings settings;
    private final HubHttp http;
    private final HubApi api;

    public HubClient(HubSettings settings) {
        this.settings = settings;
        this.http = new HubHttp(settings);
        this.api = new HubApi(http, settings);
    }

    /**
     * Brings a model into the cache, if it is not there, and returns its directory; without a connection, what the cache
     * has is used.
     *
     * @param source {@code owner/name}, or {@code owner/name@revision} with a branch, tag or commit
     * @return {@code models--owner--name/snapshots/(commit)} in the cache
     * @throws HubException if the name is wrong, the repository cannot be read or holds no checkpoint, or the download fails
     */
    public Path download(String source, HubListener listener) {
        Repository repository = Repository.parse(source);
        CacheFolder folder = CacheFolder.of(settings.cache(), repository);
        try {
            if (settings.offline()) {
                return cached(repository, folder)
                        .orElseThrow(() -> new HubException(repository + ": is not in " + settings.cache()
                                + " and HF_HUB_OFFLINE is set; unset it to download"));
            }
            return online(repository, folder, listener);
        } catch (IOException e) {
            throw new HubException(
                    repository + ": cannot be stored in " + settings.cache() + " (" + e
                            + "); check space and permissions",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubException(repository + ": the download was interrupted; run again, it resumes", e);
        }
    }

    private Path online(Repository repository, CacheFolder folder, HubListener listener)
            throws IOException, InterruptedException {
        HubApi.Revision revision;
        try {
            revision = api.revision(repository);
        } catch (HubException e) {
            // Only a hub that cannot be reached leaves an IOException behind; what it refused must not be served.
            Optional<Path> cached = e.getCause() instanceof IOException ? cached(repository, folder) : Optional.empty();
            return cached.orElseThrow(() -> e);
        }
        List<String> names = FileSelection.of(repository, revision.files());
        RepositoryLock lock = RepositoryLock.take(settings.cache(), repository);
        try {
            if (!folder.hasAll(revision.commit(), names)) {
                fetch(repository, revision.commit(), names, folder, listener);
            }
            folder.remember(repository.revision(), revision.commit());
        } finally {
            lock.close();
        }
        return folder.snapshot(revision.commit());
    }

    /** The snapshot a revision stood for when it was last online, if all of it is there. */
    private static Optional<Path> cached(Repository repository, CacheFolder folder) throws IOException {
        Optional<String> commit = folder.commit(repository.revision());
        if (commit.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = folder.names(commit.get());
        return FileSelection.isWhole(names) ? Optional.of(folder.snapshot(commit.get())) : Optional.empty();
    }

    private void fetch(
            Repository repository, String commit, List<String> names, CacheFolder folder, HubListener listener)
            throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(PARALLEL_FILES, task -> {
            Thread thread = new Thread(task, "hub-download");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Map<String, Future<RemoteFile>> described = new LinkedHashMap<>();
            for (String name : names) {
                described.put(name, threads.submit(() -> api.file(repository, commit, name)));
            }
            List<RemoteFile> files = new ArrayList<>();
            for (Future<RemoteFile> file : described.values()) {
                files.add(result(file));
            }
            // Files of the same content share a blob: two threads must not write it.
            Map<String, RemoteFile> contents = new LinkedHashMap<>();
            files.forEach(file -> contents.putIfAbsent(file.etag(), file));
            requireSpace(repository, folder, contents.values());
            DownloadProgress progress = new DownloadProgress(
                    listener,
                    contents.values().stream().mapToLong(RemoteFile::size).sum());
            List<Future<?>> transfers = new ArrayList<>();
            for (RemoteFile file : contents.values()) {
                transfers.add(threads.submit(() -> {
                    transfer(repository, commit, file, folder, progress);
                    return file;
                }));
            }
            for (Future<?> transfer : transfers) {
                result(transfer);
            }
            // Links last: a snapshot that looks whole is whole.
            for (RemoteFile file : files) {
                folder.link(commit, file);
            }
        } finally {
            stop(threads);
        }
    }

    /** Waits for the threads, so that nobody writes any more when the lock is given back. */
    private static void stop(ExecutorService threads) throws InterruptedException {
        threads.shutdownNow();
        for (int i = 0; i < 30 && !threads.awaitTermination(1, TimeUnit.SECONDS); i++) {
            threads.shutdownNow();
        }
    }

    private void transfer(
            Repository repository, String commit, RemoteFile file, CacheFolder folder, DownloadProgress progress)
            throws IOException, InterruptedException {
        Path blob = folder.blob(file);
        if (!Files.exists(blob) || Files.size(blob) != file.size()) {
            new FileDownload(
                            repository + "/" + file.name(),
                            api.content(repository, commit, file.name()),
                            file,
                            http,
                            settings,
                            progress)
                    .into(folder);
        }
        progress.set(file.name(), file.size());
    }

    private static void requireSpace(Repository repository, CacheFolder folder, Collection<RemoteFile> files)
            throws IOException {
        Files.createDirectories(folder.directory());
        long missing = 0;
        for (RemoteFile file : files) {
            Path incomplete = folder.incomplete(file);
            if (!Files.exists(folder.blob(file))) {
                missing += file.size() - (Files.exists(incomplete) ? Math.min(Files.size(incomplete), file.size()) : 0);
            }
        }
        long free = Files.getFileStore(folder.directory()).getUsableSpace();
        if (missing > free) {
            throw new HubException(repository + ": needs " + missing + " bytes in " + folder.directory() + ", where "
                    + free + " are free; make space or set HF_HOME");
        }
    }

    private static <T> T result(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HubException failure) {
                throw failure;
            }
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
