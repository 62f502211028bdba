package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Documentation and tests agree: each test that a page names exists, each line of the reliability page names one, and the
 * README lists all suites and tags.
 */
class TestsInDocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path RELIABILITY = ROOT.resolve("docs/reliability.md");
    private static final Pattern METHOD = Pattern.compile("`(should\\w+)`");
    private static final Pattern CLASS = Pattern.compile("\\b([A-Z]\\w*(?:IT|Test))\\b");
    private static final Pattern SUITES = Pattern.compile("`([\\w*]+IT)`");
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"(\\w+)\"\\)");
    private static final Pattern ROW = Pattern.compile("^\\|.*\\|$");

    @Test
    void shouldNameOnlyTestsThatExist() throws IOException {
        // Given
        Map<String, String> sources = testSources();
        String all = String.join("\n", sources.values());
        List<String> missing = new ArrayList<>();

        // When
        for (Path page : pages()) {
            String text = Files.readString(page);
            names(METHOD, text)
                    .filter(name -> !all.contains(" " + name + "("))
                    .forEach(name -> missing.add(ROOT.relativize(page) + ": " + name));
            names(CLASS, text)
                    .filter(name -> !sources.containsKey(name))
                    .forEach(name -> missing.add(ROOT.relativize(page) + ": " + name));
        }

        // Then
        assertThat(missing).isEmpty();
    }

    @Test
    void shouldNameATestInEveryRowOfTheReliabilityPage() throws IOException {
        List<String> rows = Files.readAllLines(RELIABILITY).stream()
                .filter(line -> ROW.matcher(line).matches())
                .filter(line -> !line.startsWith("|---"))
                .toList();
        assertThat(rows).hasSizeGreaterThan(20);
        assertThat(rows).allSatisfy(row -> {
            boolean heading = row.matches(".*\\| test( \\(.*\\))? \\|$");
            boolean named = row.contains("`should") || CLASS.matcher(row).find();
            boolean same = row.endsWith("| the same |");
            assertThat(heading || named || same).as(row).isTrue();
        });
    }

    @Test
    void shouldListEverySuiteAndEveryTagInTheReadme() throws IOException {
        // Given: patterns as -Dit.test= takes them, and the tags
        String readme = Files.readString(ROOT.resolve("README.md"));
        List<Pattern> listed = names(SUITES, readme)
                .map(pattern -> Pattern.compile(pattern.replace("*", "\\w*")))
                .toList();
        Map<String, String> sources = testSources();

        // When
        List<String> missing = new ArrayList<>(sources.keySet().stream()
                .filter(name -> name.endsWith("IT"))
                .filter(name ->
                        listed.stream().noneMatch(each -> each.matcher(name).matches()))
                .toList());
        names(TAG, String.join("\n", sources.values()))
                .filter(tag -> !readme.contains("`" + tag + "`"))
                .forEach(missing::add);

        // Then
        assertThat(missing).isEmpty();
    }

    private static Stream<String> names(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().map(result -> result.group(1)).distinct();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
                                    .map(ROOT::resolve),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .toList();
        }
    }

    /** By class name. */
    private static Map<String, String> testSources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (Path module : modules()) {
            try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        return sources;
    }

    /** Those with tests, a module inside another's directory included. */
    private static List<Path> modules() throws IOException {
        try (Stream<Path> directories = Files.find(ROOT, 2, (path, attributes) -> attributes.isDirectory())) {
            return directories
                    .filter(directory -> Files.exists(directory.resolve("pom.xml")))
                    .filter(directory -> Files.isDirectory(directory.resolve("src/test/java")))
                    .toList();
        }
    }
}
