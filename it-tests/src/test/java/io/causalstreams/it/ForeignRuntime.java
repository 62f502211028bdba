package io.causalstreams.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Other people's languages and their packages, which pip and npm install into target and keep in their own caches. Where a
 * runtime is missing the test is skipped.
 */
final class ForeignRuntime {
    private static final Path CLIENTS = Path.of("clients");
    private static final Path INSTALLED = Path.of("target/clients").toAbsolutePath();
    private static final Duration INSTALL = Duration.ofMinutes(5);

    private ForeignRuntime() {}

    /** What a command said and how it ended. */
    record Result(int exit, String output) {}

    /**
     * A Python with the packages that a client's {@code requirements.txt} names.
     *
     * @param client directory below clients
     */
    static String python(String client) {
        requireRuntime("python3", "--version");
        Path python = INSTALLED.resolve(client).resolve("bin/python");
        if (!Files.exists(python)) {
            install(
                    "a virtual environment",
                    "python3",
                    "-m",
                    "venv",
                    INSTALLED.resolve(client).toString());
        }
        String requirements = file(client, "requirements.txt").toString();
        install("the client " + client, python.toString(), "-m", "pip", "install", "-q", "-r", requirements);
        return python.toString();
    }

    /**
     * A Node script with the packages that its {@code package.json} names.
     *
     * @param client directory below clients
     * @return where it lies
     */
    static String node(String client, String script) throws IOException {
        requireRuntime("node", "--version");
        requireRuntime("npm", "--version");
        Path directory = Files.createDirectories(INSTALLED.resolve(client));
        for (String file : new String[] {"package.json", script}) {
            Files.copy(file(client, file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        String prefix = directory.toString();
        install("the client " + client, "npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", prefix);
        return directory.resolve(script).toString();
    }

    /** A file of a client. */
    static Path file(String client, String name) {
        return CLIENTS.resolve(client).resolve(name).toAbsolutePath();
    }

    /** Where there is no such runtime the test is skipped, also in CI. */
    static void requireRuntime(String... command) {
        try {
            Result result = run(INSTALL, command);
            Assumptions.assumeTrue(
                    result.exit() == 0, () -> "skipped: " + command[0] + " does not run here: " + result.output());
        } catch (UncheckedIOException e) {
            Assumptions.abort("skipped: no " + command[0] + " here");
        }
    }

    /** Installs a client; where that fails, offline say, the test is skipped, but fails in CI. */
    private static void install(String what, String... command) {
        Result result = run(INSTALL, command);
        if (result.exit() == 0) {
            return;
        }
        String problem = what + " cannot be installed by '" + String.join(" ", command) + "': " + result.output();
        if (System.getenv("CI") != null) {
            throw new AssertionError(problem + "; the runtime is here, so CI must run this test");
        }
        Assumptions.abort("skipped: " + problem);
    }

    static Result run(Duration limit, String... command) {
        try {
            Files.createDirectories(INSTALLED);
            Path log = Files.createTempFile(INSTALLED, "client-", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command[0] + " still runs after " + limit + ": " + Files.readString(log));
            }
            return new Result(process.exitValue(), Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
