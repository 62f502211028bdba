package io.causalstreams.it.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.causalstreams.app.Main;
import io.causalstreams.http.internal.access.Access;
import io.causalstreams.http.internal.telemetry.DoorMeters;
import io.causalstreams.it.documentation.MarkdownPage.CodeBlock;
import io.causalstreams.topology.CausalStreamsConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every fenced block of the documentation is compiled, parsed, or held against the file it is quoted from, by its language; one
 * that cannot be says why, in a comment before it.
 */
class CodeBlocksTest {
    private static final Set<String> CHECKED =
            Set.of("java", "sh", "json", "jsonl", "properties", "xml", "python", "conf");

    /** Quoted from a file whenever they are shown. */
    private static final Set<String> QUOTED = Set.of("yaml");

    /** Pictures and outputs. */
    private static final String TEXT = "text";

    @TempDir
    private Path directory;

    @Test
    void shouldKnowHowToCheckEveryBlock() {
        // Given
        List<CodeBlock> unknown = MarkdownPage.blocks(block -> block.notChecked() == null)
                .filter(block -> block.source() == null)
                .filter(block -> !CHECKED.contains(block.language()))
                .filter(block -> !block.language().equals(TEXT))
                .toList();
        List<CodeBlock> excused =
                MarkdownPage.blocks(block -> block.notChecked() != null).toList();

        // Then
        assertThat(unknown)
                .as("blocks of another language than %s, %s, and %s with a source", CHECKED, TEXT, QUOTED)
                .isEmpty();
        assertThat(excused).as("what nobody checks").hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void shouldHideNoCommandInText() {
        Pattern command = Pattern.compile("(?m)^(\\$ |\\./causal-streams |mvn |docker |curl |benchmarks/)");
        assertThat(blocks(TEXT))
                .noneMatch(block -> command.matcher(block.text()).find());
    }

    @Test
    void shouldCompileJava() throws IOException {
        assertThat(DocumentedJava.problems(blocks("java"))).isEmpty();
    }

    @Test
    void shouldQuoteWhatTheSourceHas() throws IOException {
        // Given
        List<CodeBlock> quoted =
                MarkdownPage.blocks(block -> block.source() != null).toList();

        // When
        List<String> wrong = new ArrayList<>();
        for (CodeBlock block : quoted) {
            String source = Files.readString(MarkdownPage.ROOT.resolve(block.source()));
            if (!quotes(block.text(), source)) {
                wrong.add(block + " is not what " + block.source() + " has");
            }
        }

        // Then
        assertThat(quoted).hasSizeGreaterThan(5);
        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldShowCommandsThatCanBeRun() {
        assertThat(problems("sh", DocumentedCommand::problems)).isEmpty();
    }

    @Test
    void shouldShowCommandsThatCanBeRunInALineToo() {
        // Given
        Set<String> problems = new HashSet<>();

        // When
        for (MarkdownPage page : MarkdownPage.all()) {
            page.spans().stream()
                    .filter(DocumentedCommand::isCommand)
                    .forEach(span -> DocumentedCommand.problems(span)
                            .forEach(problem -> problems.add(page.path() + ": `" + span + "`: " + problem)));
        }

        // Then
        assertThat(problems).isEmpty();
    }

    /** Of the kind {@code serve --metrics-port 9404}: values may be placeholders, options may not. */
    @Test
    void shouldNameOptionsThatCommandsHave() {
        // Given
        CommandLine line = new CommandLine(new Main());
        Set<String> problems = new HashSet<>();

        // When
        for (MarkdownPage page : MarkdownPage.all()) {
            for (String span : page.spans()) {
                CommandLine command = line.getSubcommands().get(span.replaceFirst(" .*", ""));
                if (command != null) {
                    Stream.of(span.split("[ =\\[\\]|]+"))
                            .filter(word -> word.startsWith("--"))
                            .filter(word -> !hasOption(command, word))
                            .forEach(word -> problems.add(page.path() + ": `" + span + "`: no option " + word));
                }
            }
        }

        // Then
        assertThat(problems).isEmpty();
    }

    @Test
    void shouldShowJsonThatIsRead() {
        assertThat(problems("json", DocumentedJson::problems)).isEmpty();
        assertThat(problems(
                        "jsonl",
                        text -> text.lines()
                                .flatMap(line -> DocumentedJson.problems(line).stream())
                                .toList()))
                .isEmpty();
    }

    /** Of the libraries that an application has to say the versions of. */
    @Test
    void shouldShowVersionsThatTheBuildHas() throws IOException {
        String pom = Files.readString(MarkdownPage.ROOT.resolve("pom.xml"));
        Pattern version = Pattern.compile("<([\\w.-]+\\.version)>([^<]+)</\\1>");
        assertThat(problems(
                        "xml",
                        text -> version.matcher(text)
                                .results()
                                .filter(each -> !pom.contains(">" + each.group(2) + "<"))
                                .map(each -> "the build has no " + each.group())
                                .toList()))
                .isEmpty();
    }

    @Test
    void shouldShowPropertiesThatAreKnown() {
        // Given
        Set<String> known = new HashSet<>(CausalStreamsConfig.definition().names());
        known.addAll(StreamsConfig.configDef().names());
        for (Set<String> names :
                List.of(ConsumerConfig.configNames(), ProducerConfig.configNames(), AdminClientConfig.configNames())) {
            known.addAll(names);
        }

        // Then
        assertThat(problems(
                        "properties",
                        text -> keys(text).stream()
                                .map(key -> key.replaceFirst("^(consumer|producer|admin)\\.", ""))
                                .filter(key -> !known.contains(key))
                                .map(key -> "nobody knows " + key)
                                .toList()))
                .isEmpty();
    }

    @Test
    void shouldShowKeysOfClientsAsTheDoorReadsThem() throws IOException {
        for (CodeBlock block : blocks("conf").toList()) {
            Path file = Files.writeString(directory.resolve("keys"), block.text());
            assertThatCode(() -> new Access(file, 100, new DoorMeters(new SimpleMeterRegistry())))
                    .as(block.toString())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void shouldShowPythonThatCompiles() throws IOException, InterruptedException {
        for (CodeBlock block : blocks("python").toList()) {
            Path file = Files.writeString(directory.resolve("block.py"), block.text());
            Process python;
            try {
                python = new ProcessBuilder("python3", "-m", "py_compile", file.toString())
                        .redirectErrorStream(true)
                        .start();
            } catch (IOException e) {
                assumeTrue(false, "no python3 to compile " + block + " with");
                return;
            }
            String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(python.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(python.exitValue()).as(block + ": " + said).isZero();
        }
    }

    private static Stream<CodeBlock> blocks(String language) {
        return MarkdownPage.blocks(
                block -> block.language().equals(language) && block.source() == null && block.notChecked() == null);
    }

    private static List<String> problems(String language, Function<String, List<String>> check) {
        return blocks(language)
                .flatMap(block -> check.apply(block.text()).stream().map(problem -> block + ": " + problem))
                .toList();
    }

    private static Set<String> keys(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return properties.stringPropertyNames();
    }

    /** White space apart; {@code …} stands for what is left out. */
    private static boolean quotes(String block, String source) {
        String squeezed = source.replaceAll("\\s+", "");
        int at = 0;
        for (String part : block.replaceAll("\\s+", "").split("…", -1)) {
            at = squeezed.indexOf(part, at);
            if (at < 0) {
                return false;
            }
            at += part.length();
        }
        return true;
    }

    private static boolean hasOption(CommandLine command, String option) {
        return command.getCommandSpec().findOption(option) != null
                || command.getSubcommands().values().stream().anyMatch(each -> hasOption(each, option));
    }
}
