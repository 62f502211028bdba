package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Has the served models follow a file. A change that cannot be followed is reported once, and tried again when the file
 * changes again.
 *
 * <p>Threading: a daemon thread of its own.
 */
public final class ModelListWatch {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Path file;
    private final ServedModels models;
    private final Progress progress;
    private ModelList seen;
    private String problem = "";

    private ModelListWatch(Path file, ModelList seen, ServedModels models, Progress progress) {
        this.file = file;
        this.seen = seen;
        this.models = models;
        this.progress = progress;
    }

    /**
     * Watches {@code file} until the process ends.
     *
     * @param followed what {@code models} serve now
     */
    public static void start(Path file, ModelList followed, ServedModels models, Progress progress) {
        ModelListWatch watch = new ModelListWatch(file, followed, models, progress);
        Thread thread = new Thread(watch::run, "causal-streams-models");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PAUSE.toMillis());
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            ModelList now = ModelList.read(file);
            if (!now.equals(seen)) {
                seen = now;
                models.follow(now);
                progress.note("Serving " + now + ".");
            }
            problem = "";
        } catch (IOException | RuntimeException e) {
            report(file + ": " + ErrorLine.of(e) + "; the models stay as they are");
        }
    }

    private void report(String line) {
        if (!line.equals(problem)) {
            progress.note(line);
        }
        problem = line;
    }
}
