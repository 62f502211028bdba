package io.causalstreams.it;

import io.causalstreams.app.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The classes of {@code serve}, loaded and verified, as later JVMs map them (class data sharing, JEP 350): loading is a good
 * part of what a short command costs, and these tests start over a hundred.
 */
final class ClassArchive {
    private static final Path FILE = TestFiles.fresh("classes-").resolve("serve.jsa");
    private static final Duration LIMIT = Duration.ofMinutes(3);

    static {
        write();
    }

    private ClassArchive() {}

    /** An option of a JVM, which goes without where the archive does not fit it. */
    static String option() {
        return Files.exists(FILE) ? "-XX:SharedArchiveFile=" + FILE : "";
    }

    /** The JVM writes it when it ends in order. */
    private static void write() {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                CommandProcess serve = CommandProcess.startPlain(
                        Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xlog:disable -XX:ArchiveClassesAtExit=" + FILE),
                        "serve",
                        "--bootstrap-servers",
                        broker.bootstrapServers(),
                        "--model",
                        TestModels.tinyChat().toString(),
                        "--threads",
                        "1",
                        "--config",
                        TestFiles.properties(Map.of(
                                        "state.dir", TestFiles.fresh("state-").toString()))
                                .toString())) {
            serve.awaitOutput("Serving ", LIMIT);
            serve.signal("TERM");
            serve.awaitExit(LIMIT);
        }
    }
}
