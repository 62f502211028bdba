package io.causalstreams.it.documentation;

import io.causalstreams.app.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Commands of the documentation, held against what would run them: the command line's own parser, the build, the compose file,
 * programs and files of the project. Nothing is run.
 */
final class DocumentedCommand {
    private static final Path ROOT = MarkdownPage.ROOT;
    private static final Set<String> GOALS =
            Set.of("clean", "compile", "test", "package", "verify", "install", "spotless:apply");
    private static final Set<String> MAVENS_PROPERTIES =
            Set.of("test", "it.test", "groups", "excludedGroups", "skipTests", "surefire.failIfNoSpecifiedTests");

    /** Programs of others, and the options that pages show of them. */
    private static final Map<String, Set<String>> OTHERS = Map.of(
            "kafka-topics.sh", Set.of("--bootstrap-server", "--alter", "--topic", "--partitions"),
            "kafka-configs.sh", Set.of("--bootstrap-server", "--alter", "--group", "--add-config"),
            "kafka-acls.sh",
                    Set.of(
                            "--bootstrap-server",
                            "--command-config",
                            "--add",
                            "--allow-principal",
                            "--operation",
                            "--topic",
                            "--group",
                            "--transactional-id",
                            "--resource-pattern-type"),
            "kafka-console-producer.sh", Set.of("--bootstrap-server", "--topic", "--property"),
            "kafka-console-consumer.sh",
                    Set.of("--bootstrap-server", "--topic", "--isolation-level", "--from-beginning", "--property"));

    private final List<String> problems = new ArrayList<>();
    private Path directory = ROOT;

    private DocumentedCommand() {}

    /** What is wrong with the commands of a script, a line each. */
    static List<String> problems(String script) {
        DocumentedCommand check = new DocumentedCommand();
        for (List<String> words : ShellLines.commands(script)) {
            try {
                check.command(words.get(0), words.subList(1, words.size()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return check.problems;
    }

    /** Whether a span of code is a command that can be checked. */
    static boolean isCommand(String code) {
        String program = code.replaceFirst(" .*", "");
        return program.equals("./causal-streams")
                || program.matches("benchmarks/[a-z]+")
                || code.matches("(mvn|docker|helm|kafka-[a-z-]+\\.sh) .*");
    }

    private void command(String program, List<String> words) throws IOException {
        if (program.equals("./causal-streams")) {
            causalStreams(words);
        } else if (program.equals("mvn")) {
            words.forEach(this::maven);
        } else if (program.equals("docker")) {
            docker(words);
        } else if (program.startsWith("benchmarks/")) {
            benchmark(program, words);
        } else if (program.equals("curl")) {
            curl(words);
        } else if (program.equals("helm")) {
            words.stream()
                    .filter(word -> word.startsWith("deploy/"))
                    .forEach(chart ->
                            expect(Files.exists(ROOT.resolve(chart).resolve("Chart.yaml")), "no chart " + chart));
        } else if (program.equals("cd")) {
            directory = ROOT.resolve(words.get(0));
            expect(Files.isDirectory(directory), "no directory " + words.get(0));
        } else if (OTHERS.containsKey(program)) {
            options(words)
                    .forEach(option -> expect(
                            OTHERS.getOrDefault(program, Set.of()).contains(option), program + " has no " + option));
        } else if (Set.of("java", "example").contains(program)) {
            words.stream().filter(word -> word.matches("[A-Z]\\w+")).limit(1).forEach(this::example);
        } else {
            script(program, words);
        }
    }

    private void causalStreams(List<String> words) {
        try {
            new CommandLine(new Main())
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .parseArgs(words.toArray(String[]::new));
        } catch (ParameterException e) {
            problems.add("./causal-streams " + String.join(" ", words) + ": " + e.getMessage());
        }
    }

    private String module = "";

    private void maven(String word) {
        if (module.equals("-pl")) {
            Stream.of(word.split(","))
                    .forEach(each -> expect(Files.exists(ROOT.resolve(each).resolve("pom.xml")), "no module " + each));
        } else if (word.startsWith("-P")) {
            String pom = read(ROOT.resolve("pom.xml")) + read(ROOT.resolve("app/pom.xml"));
            Stream.of(word.substring(2).split(","))
                    .forEach(each -> expect(pom.contains("<id>" + each + "</id>"), "no profile " + each));
        } else if (word.startsWith("-D")) {
            property(word.substring(2).split("=", 2));
        } else if (!word.startsWith("-")) {
            expect(GOALS.contains(word), "mvn has no " + word);
        }
        module = word;
    }

    private void property(String[] pair) {
        String name = pair[0];
        expect(
                MAVENS_PROPERTIES.contains(name) || sources().contains("\"" + name + "\""),
                "nothing reads the property " + name);
        if (name.endsWith("test")) {
            Stream.of(pair[1].split(",")).filter(each -> !each.equals("…")).forEach(each -> {
                Pattern tests = Pattern.compile("class " + each.replace("*", "\\w*") + "\\b");
                expect(tests.matcher(sources()).find(), "no test " + each);
            });
        }
    }

    private void docker(List<String> words) {
        if (words.get(0).equals("compose")) {
            String compose = read(ROOT.resolve("docker-compose.yml"));
            following(words, "--profile")
                    .forEach(each -> expect(compose.contains("profiles: [" + each + "]"), "no profile " + each));
            List<String> actions = words.stream()
                    .filter(each -> Set.of("up", "build", "down", "logs").contains(each))
                    .toList();
            expect(actions.size() == 1, "what does docker compose " + String.join(" ", words));
            words.subList(words.indexOf(actions.get(0)) + 1, words.size()).stream()
                    .filter(each -> !each.startsWith("-"))
                    .forEach(each -> expect(compose.contains("\n  " + each + ":\n"), "no service " + each));
        }
        following(words, "-f").forEach(each -> expect(Files.exists(ROOT.resolve(each)), "no file " + each));
    }

    private void benchmark(String program, List<String> words) {
        Path file = ROOT.resolve(program);
        expect(Files.isExecutable(file), "no program " + program);
        if (Files.exists(file)) {
            String code = read(file) + read(ROOT.resolve("benchmarks"), ".py", ".java");
            options(words).forEach(option -> expect(code.contains(option), program + " has no " + option));
        }
    }

    private void curl(List<String> words) {
        following(words, "-d").forEach(body -> problems.addAll(DocumentedJson.problems(body)));
        String routes = read(ROOT.resolve("http/src/main"), ".java") + read(ROOT.resolve("app/src/main"), ".java");
        words.stream().filter(word -> word.startsWith("http")).forEach(address -> {
            String path = address.replaceFirst("https?://[^/]+", "");
            expect(routes.contains('"' + path + '"'), "nothing answers at " + path);
        });
    }

    private void example(String name) {
        String file = "examples/src/main/java/io/causalstreams/examples/" + name + ".java";
        expect(Files.exists(ROOT.resolve(file)), "no example " + name);
    }

    /** Programs that only need files of the project. */
    private void script(String program, List<String> words) {
        expect(
                Set.of("npm", "node", "python3", ".venv/bin/pip", ".venv/bin/python")
                                .contains(program)
                        || Files.isExecutable(ROOT.resolve(program)),
                "what is " + program + "?");
        words.stream()
                .filter(word -> word.matches("[\\w./-]+\\.(py|js|txt)"))
                .forEach(file -> expect(Files.exists(directory.resolve(file)), "no file " + file));
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            problems.add(otherwise);
        }
    }

    private static Stream<String> options(List<String> words) {
        return words.stream().filter(word -> word.startsWith("--")).map(word -> word.replaceFirst("=.*", ""));
    }

    private static Stream<String> following(List<String> words, String option) {
        return Stream.iterate(0, i -> i < words.size() - 1, i -> i + 1)
                .filter(i -> words.get(i).equals(option))
                .map(i -> words.get(i + 1));
    }

    private static String sources() {
        return Sources.JAVA;
    }

    /** Read once, when somebody asks. */
    private static final class Sources {
        static final String JAVA = read(ROOT, ".java");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path directory, String... endings) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                    .filter(file -> !file.toString().contains("/target/"))
                    .map(DocumentedCommand::read)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
