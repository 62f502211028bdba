package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code ./causal-streams} itself, in a clone of which only the script is real: {@code java} and {@code mvn} are scripts that
 * print how they were called, and the PATH has nothing but them and the few tools that the launcher needs.
 */
@Tag("launcher")
class LauncherIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> TOOLS = List.of(
            "bash",
            "cat",
            "dirname",
            "env",
            "find",
            "flock",
            "head",
            "mkdir",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "touch");
    private static final String JAVA_17 = "openjdk version \\\"17.0.15\\\" 2025-04-15";
    private static final String SAYS_HOW = "printf 'java: %s\\n' \"${@: -2}\"; exit ${EXIT:-0}";

    private final Path scratch = TestFiles.fresh("launcher-");
    private final Path tools = toolsOnly();
    private Path clone = cloneAt("clone");

    /** How a command ended, and what it wrote to both streams. */
    private record Result(int exit, String output) {}

    @Test
    void shouldBuildAFreshCloneOnceAndAgainWhenASourceChanged() throws Exception {
        // Given
        java(JAVA_17, SAYS_HOW);
        maven("mkdir -p app/target; echo jar > app/target/causal-streams.jar; echo \"mvn $*\" >> builds");

        // When
        Result first = launch();
        Result second = launch();
        Path source = Files.writeString(clone.resolve("topology/src/main/New.java"), "class New {}");
        Files.setLastModifiedTime(
                source,
                java.nio.file.attribute.FileTime.from(java.time.Instant.now().plusSeconds(2)));
        Result third = launch();

        // Then: progress goes to stderr, and only one build runs at a time
        assertThat(first.output())
                .contains("Building Causal Streams (first use)")
                .contains("java: --version");
        assertThat(second.output()).doesNotContain("Building").contains("java: --version");
        assertThat(third.output()).contains("Building Causal Streams (sources changed)");
        assertThat(Files.readAllLines(clone.resolve("builds")))
                .hasSize(2)
                .allMatch(line -> line.contains("-pl app -am"));
    }

    @Test
    void shouldBuildOnceWhenTwoAreStartedTogether() throws Exception {
        // Given
        java(JAVA_17, SAYS_HOW);
        maven("sleep 1; mkdir -p app/target; echo jar > app/target/causal-streams.jar; echo once >> builds");

        // When
        Process one = start(clone.resolve("causal-streams"), Map.of(), "--version");
        Process two = start(clone.resolve("causal-streams"), Map.of(), "--version");

        // Then
        assertThat(end(one).exit()).isZero();
        assertThat(end(two).exit()).isZero();
        assertThat(Files.readAllLines(clone.resolve("builds"))).hasSize(1);
    }

    @Test
    void shouldNotWriteOverTheJarOfAProcessThatRuns() throws Exception {
        // Given: one that has its jar open and reads it later
        built();
        java(JAVA_17, """
                while [ "$1" != -jar ]; do shift; done
                [ "$3" = serve ] || exit 0
                exec 3<"$2"; echo open
                until [ -e built ]; do sleep 0.1; done; cat <&3""");
        maven("printf other >app/target/causal-streams.jar");
        Path log = scratch.resolve("serve.log");
        Process serve = serveUntil("open", log);

        // When
        Path source = Files.writeString(clone.resolve("topology/src/main/New.java"), "class New {}");
        Files.setLastModifiedTime(
                source,
                java.nio.file.attribute.FileTime.from(java.time.Instant.now().plusSeconds(2)));
        Result other = launch();
        Files.createFile(scratch.resolve("built"));

        // Then
        assertThat(other.output()).contains("sources changed");
        assertThat(serve.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(log)).isEqualTo("open\njar");
        assertThat(clone.resolve("app/target/causal-streams.jar")).hasContent("other");
    }

    @Test
    void shouldShowWhyABuildFailed() {
        java(JAVA_17, SAYS_HOW);
        maven("echo 'COMPILATION ERROR in Some.java'; exit 3");
        assertThat(failureOf(Map.of()))
                .contains("COMPILATION ERROR in Some.java")
                .contains("the build failed, see above");
    }

    @Test
    void shouldSayThatMavenIsMissing() {
        java(JAVA_17, SAYS_HOW);
        assertThat(failureOf(Map.of())).contains("no mvn on the PATH").contains("install Apache Maven");
    }

    @Test
    void shouldSayThatJavaIsMissing() {
        assertThat(failureOf(Map.of())).contains("no java on the PATH").contains("install a JDK, 17 or newer");
        assertThat(failureOf(Map.of("JAVA_HOME", "/no/such/jdk")))
                .contains("JAVA_HOME is /no/such/jdk")
                .contains("17 or newer");
    }

    @ParameterizedTest
    @CsvSource({"11.0.22", "1.8.0_392", "16"})
    void shouldSayThatJavaIsTooOld(String version) {
        java("openjdk version \\\"" + version + "\\\" 2020-01-01", SAYS_HOW);
        assertThat(failureOf(Map.of())).contains("is Java " + version).contains("needs 17 or newer");
    }

    @ParameterizedTest
    @CsvSource({"17.0.15", "21", "25-ea", "26.0.1"})
    void shouldTakeNewerJava(String version) {
        built();
        java("openjdk version \\\"" + version + "\\\" 2026-01-01", SAYS_HOW);
        assertThat(launch())
                .isEqualTo(new Result(
                        0, "java: " + clone.resolve("app/target/causal-streams.jar") + "\njava: --version\n"));
    }

    @Test
    void shouldSayThatJavaDoesNotTellItsVersion() {
        java("Segmentation fault", SAYS_HOW);
        assertThat(failureOf(Map.of())).contains("does not tell its version");
    }

    @Test
    void shouldRunFromAPathWithSpacesAndFromAnywhere() {
        clone = cloneAt("a clone with  spaces & 'quotes'");
        built();
        java(JAVA_17, SAYS_HOW);
        assertThat(launch().output()).contains("java: " + clone.resolve("app/target/causal-streams.jar"));
    }

    @Test
    void shouldFindItsProjectThroughSymbolicLinks() throws IOException {
        // Given: an absolute link to a relative one
        built();
        java(JAVA_17, SAYS_HOW);
        Path bin = Files.createDirectories(scratch.resolve("bin"));
        Path relative = Files.createSymbolicLink(bin.resolve("relative"), Path.of("../clone/causal-streams"));
        Path absolute = Files.createSymbolicLink(scratch.resolve("absolute"), relative);

        // When
        Result result = end(start(absolute, Map.of(), "--version"));

        // Then
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("java: " + clone.resolve("app/target/causal-streams.jar"));
    }

    @Test
    void shouldPassArgumentsAndExitCodesOn() {
        built();
        java(JAVA_17, "while [ \"$1\" != -jar ]; do shift; done; shift 2; printf '<%s>' \"$@\"; exit ${EXIT:-0}");
        Process process = start(clone.resolve("causal-streams"), Map.of("EXIT", "7"), "a b", "", "*", "\"q\" $HOME é");
        assertThat(end(process)).isEqualTo(new Result(7, "<a b><><*><\"q\" $HOME é>"));
    }

    @Test
    void shouldLetJavaOptsWinOverItsOwn() {
        built();
        java(JAVA_17, "echo \"$@\"");
        Result result = end(start(clone.resolve("causal-streams"), Map.of("JAVA_OPTS", "-Xmx99m -Da=b"), "x"));
        assertThat(result.output()).containsPattern("-Xms64m.* -Xmx99m -Da=b -jar ");
    }

    @Test
    void shouldBecomeTheJvmSoThatSignalsReachIt() throws Exception {
        // Given
        built();
        java(JAVA_17, "trap 'echo ended in order; exit 0' TERM; echo \"pid $$\"; while :; do sleep 0.1; done");
        Path log = scratch.resolve("signals.log");
        Process process = serveUntil("pid", log);

        // When
        process.destroy(); // SIGTERM

        // Then
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(Files.readString(log)).contains("pid " + process.pid()).contains("ended in order");
    }

    @Test
    void shouldSayWhatToDoWithoutPipAndWithoutAHub() throws IOException {
        // Given: the real application, and nothing to fetch the default model with
        Files.createSymbolicLink(tools.resolve("java"), Path.of(System.getProperty("java.home"), "bin", "java"));
        Map<String, String> nowhere = Map.of(
                "XDG_CACHE_HOME", scratch.resolve("cache").toString(),
                "HF_HOME", scratch.resolve("hub").toString(),
                "HF_ENDPOINT", "http://127.0.0.1:1");

        // When
        Result result = end(start(ROOT.resolve("causal-streams"), nowhere, "models", "pull"));

        // Then
        assertThat(result.exit()).as(result.output()).isEqualTo(1);
        assertThat(result.output()).contains("127.0.0.1:1").contains("pip").doesNotContain("\tat ");
    }

    @Test
    void shouldStartAnUnpackedReleaseWithoutMaven() throws Exception {
        // Given: what 'mvn package' wrote, and of tools a Java runtime
        Path unpacked = unpackedRelease();
        Files.createSymbolicLink(tools.resolve("java"), Path.of(System.getProperty("java.home"), "bin", "java"));

        // When
        Result version = end(start(unpacked.resolve("causal-streams"), Map.of(), "--version"));
        Result answer = end(start(
                unpacked.resolve("causal-streams"),
                Map.of(),
                "generate",
                "--model",
                TestModels.tinyChat().toString(),
                "--max-tokens",
                "3",
                "Hello"));

        // Then
        assertThat(version.exit()).as(version.output()).isZero();
        assertThat(version.output()).startsWith("causal-streams ").doesNotContain("Building");
        assertThat(answer.exit()).as(answer.output()).isZero();
    }

    /** A {@code serve} that has said so in its log. */
    private Process serveUntil(String said, Path log) throws IOException {
        Process serve = builder(clone.resolve("causal-streams"), Map.of(), "serve")
                .redirectOutput(log.toFile())
                .start();
        Await.await("it runs")
                .atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(log).contains(said));
        return serve;
    }

    private Path unpackedRelease() throws Exception {
        try (Stream<Path> built = Files.list(ROOT.resolve("app/target"))) {
            Path zip = built.filter(file -> file.toString().endsWith(".zip"))
                    .findFirst()
                    .orElse(null);
            if (zip == null && System.getenv("CI") == null) {
                return Assumptions.abort("skipped: a quick build makes no release");
            }
            Process unzip = new ProcessBuilder("unzip", "-q", String.valueOf(zip), "-d", scratch.toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(end(unzip)).isEqualTo(new Result(0, ""));
        }
        try (Stream<Path> unpacked = Files.list(scratch)) {
            return unpacked.filter(directory -> Files.exists(directory.resolve("causal-streams.jar")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private String failureOf(Map<String, String> environment) {
        Result result = end(start(clone.resolve("causal-streams"), environment, "--version"));
        assertThat(result.exit()).as(result.output()).isEqualTo(1);
        assertThat(result.output().lines().filter(line -> line.startsWith("causal-streams: ")))
                .hasSize(1);
        return result.output();
    }

    private Result launch() {
        return end(start(clone.resolve("causal-streams"), Map.of(), "--version"));
    }

    private Process start(Path script, Map<String, String> environment, String... arguments) {
        try {
            return builder(script, environment, arguments).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From another directory, with {@link #tools} as the whole PATH. */
    private ProcessBuilder builder(Path script, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(scratch.toFile()).redirectErrorStream(true);
        Map<String, String> all = new TreeMap<>(environment);
        all.put("PATH", tools.toString());
        all.put("HOME", scratch.toString());
        builder.environment().clear();
        builder.environment().putAll(all);
        return builder;
    }

    private static Result end(Process process) {
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                throw new AssertionError("still runs: " + output);
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Path toolsOnly() {
        try {
            Path directory = Files.createDirectories(scratch.resolve("tools"));
            for (String tool : TOOLS) {
                for (String place : List.of("/usr/bin", "/bin")) {
                    Path real = Path.of(place, tool);
                    if (Files.exists(real) && !Files.exists(directory.resolve(tool))) {
                        Files.createSymbolicLink(directory.resolve(tool), real);
                    }
                }
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path cloneAt(String name) {
        try {
            Path to = scratch.resolve(name);
            for (String module : List.of("inference", "onnx-export", "topology", "app")) {
                Files.createDirectories(to.resolve(module).resolve("src/main"));
                Files.writeString(to.resolve(module).resolve("pom.xml"), "<project/>");
            }
            Files.writeString(to.resolve("pom.xml"), "<project/>");
            Files.copy(
                    ROOT.resolve("causal-streams"),
                    to.resolve("causal-streams"),
                    java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void built() {
        try {
            Files.writeString(
                    Files.createDirectories(clone.resolve("app/target")).resolve("causal-streams.jar"), "jar");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void java(String version, String body) {
        script("java", "[ \"$2\" != -version ] || { echo \"" + version + "\" >&2; exit 0; }\n" + body);
    }

    private void maven(String body) {
        script("mvn", body);
    }

    private void script(String name, String body) {
        Path file = TestFiles.write(tools.resolve(name), "#!" + tools.resolve("bash") + "\n" + body + "\n");
        if (!file.toFile().setExecutable(true)) {
            throw new AssertionError(file + " cannot be made executable");
        }
    }
}
