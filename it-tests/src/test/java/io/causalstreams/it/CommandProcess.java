package io.causalstreams.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A {@code ./causal-streams} command as a user starts it: a process of its own, its output in a file. */
final class CommandProcess implements AutoCloseable {
    private static final Path LAUNCHER =
            Path.of("../causal-streams").toAbsolutePath().normalize();

    private final Process process;
    private final Path log;

    private CommandProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static CommandProcess start(String... arguments) {
        return start(Map.of(), arguments);
    }

    /** Starts a command with {@code environment} on top of this process's. */
    static CommandProcess start(Map<String, String> environment, String... arguments) {
        Map<String, String> withClasses = new HashMap<>(environment);
        withClasses.merge("JAVA_OPTS", ClassArchive.option(), (options, archive) -> archive + " " + options);
        return startPlain(withClasses, arguments);
    }

    /** The same without the {@link ClassArchive}. */
    static CommandProcess startPlain(Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        return startProgram(environment, arguments[0], command);
    }

    /** Starts another program, whose log has this name. */
    static CommandProcess startProgram(Map<String, String> environment, String name, List<String> command) {
        try {
            Files.createDirectories(Path.of("target/processes"));
            Path log = Files.createTempFile(Path.of("target/processes"), name + "-", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            return new CommandProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts {@code serve} and returns when it answers prompts. */
    static CommandProcess serve(String bootstrapServers, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "serve",
                "--bootstrap-servers",
                bootstrapServers,
                "--model",
                "smollm2-135m-instruct",
                "--max-context",
                "1024"));
        arguments.addAll(List.of(more));
        CommandProcess serve = start(arguments.toArray(String[]::new));
        serve.awaitOutput("Serving ", Duration.ofMinutes(4));
        return serve;
    }

    /** Starts {@code serve} with a small heap, one thread of the model and a state of its own; {@code more} names the model. */
    static CommandProcess serveSmall(String bootstrapServers, Duration limit, String... more) {
        return serveSmall(bootstrapServers, limit, Map.of(), "", more);
    }

    /**
     * The same with other settings.
     *
     * @param javaOptions behind its own
     */
    static CommandProcess serveSmall(
            String bootstrapServers, Duration limit, Map<String, String> settings, String javaOptions, String... more) {
        Map<String, String> all = new HashMap<>(settings);
        all.computeIfAbsent("state.dir", name -> TestFiles.fresh("state-").toString());
        List<String> arguments = new ArrayList<>(List.of(
                "serve",
                "--bootstrap-servers",
                bootstrapServers,
                "--threads",
                "1",
                "--config",
                TestFiles.properties(all).toString()));
        arguments.addAll(List.of(more));
        CommandProcess serve = start(
                Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m " + javaOptions),
                arguments.toArray(String[]::new));
        serve.awaitOutput("Serving ", limit);
        return serve;
    }

    void awaitOutput(String text, Duration limit) {
        Await.await("'" + text + "' in the output")
                .atMost(limit)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    if (output().contains(text)) {
                        return true;
                    }
                    if (!process.isAlive()) {
                        throw new AssertionError("the process ended with " + process.exitValue() + ": " + output());
                    }
                    return false;
                });
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL: the launcher replaces itself with the JVM, so this is the JVM. */
    void kill9() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(30));
    }

    void signal(String name) {
        try {
            if (new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                            .start()
                            .waitFor()
                    != 0) {
                throw new AssertionError("kill -" + name + " " + pid() + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the process still runs after " + limit + ": " + output());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
