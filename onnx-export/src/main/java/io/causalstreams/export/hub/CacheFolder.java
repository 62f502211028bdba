package io.causalstreams.export.hub;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One repository in the cache.
 *
 * <pre>
 *  models--owner--name/
 *    refs/main                       the commit a branch or tag stood for
 *    blobs/(etag)                    content
 *    blobs/(etag).incomplete         content that is still coming
 *    snapshots/(commit)/config.json  link to ../../blobs/(etag)
 * </pre>
 *
 * @param directory need not exist yet
 */
record CacheFolder(Path directory) {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    static CacheFolder of(Path cache, Repository repository) {
        return new CacheFolder(cache.resolve(repository.folder()));
    }

    Path blob(RemoteFile file) {
        return directory.resolve("blobs").resolve(file.etag());
    }

    Path incomplete(RemoteFile file) {
        return directory.resolve("blobs").resolve(file.etag() + ".incomplete");
    }

    Path snapshot(String commit) {
        return directory.resolve("snapshots").resolve(commit);
    }

    /** The commit a revision stood for when it was last resolved. */
    Optional<String> commit(String revision) throws IOException {
        if (COMMIT.matcher(revision).matches()) {
            return Optional.of(revision);
        }
        Path ref = directory.resolve("refs").resolve(revision);
        return Files.isRegularFile(ref)
                ? Optional.of(Files.readString(ref).strip())
                        .filter(commit -> COMMIT.matcher(commit).matches())
                : Optional.empty();
    }

    void remember(String revision, String commit) throws IOException {
        if (!revision.equals(commit)) {
            Path ref = directory.resolve("refs").resolve(revision);
            Files.createDirectories(ref.resolveSibling(""));
            Path scratch = ref.resolveSibling(ref.getFileName() + "." + UUID.randomUUID());
            Files.writeString(scratch, commit);
            Files.move(scratch, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    boolean hasAll(String commit, Iterable<String> names) {
        for (String name : names) {
            if (!Files.exists(snapshot(commit).resolve(name))) {
                return false;
            }
        }
        return true;
    }

    /** Names of the files a snapshot holds at its top. */
    List<String> names(String commit) throws IOException {
        if (!Files.isDirectory(snapshot(commit))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(snapshot(commit))) {
            return files.filter(Files::exists)
                    .map(file -> String.valueOf(file.getFileName()))
                    .toList();
        }
    }

    /** Makes a blob visible under its name; where links are not possible, as a copy. */
    void link(String commit, RemoteFile file) throws IOException {
        Path name = snapshot(commit).resolve(file.name());
        Files.createDirectories(name.resolveSibling(""));
        Files.deleteIfExists(name);
        try {
            Files.createSymbolicLink(name, name.resolveSibling("").relativize(blob(file)));
        } catch (FileAlreadyExistsException e) {
            // Another process was faster, with the same content.
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(blob(file), name, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
