package io.causalstreams.it.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A page of the documentation, in the parts that can be checked.
 *
 * @param path relative to the project's root
 * @param blocks fenced blocks, in order
 * @param spans code within a line, white space collapsed
 * @param anchors what a link behind {@code #} may name: GitHub's names of the headings
 * @param links targets of links and pictures, as written
 */
public record MarkdownPage(
        Path path, List<CodeBlock> blocks, List<String> spans, Set<String> anchors, List<String> links) {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> NOT_PAGES = Set.of("target", "src", "node_modules");
    private static final Pattern FENCE = Pattern.compile("\\s*```(\\S*)\\s*");
    private static final Pattern DIRECTIVE = Pattern.compile("\\s*<!-- (source|not checked): (.+) -->");
    private static final Pattern SPAN = Pattern.compile("(`+)((?:(?!\\n\\s*\\n)[\\s\\S])+?)\\1(?!`)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?)\\s*$");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\b(?:src|srcset|href)=\"([^\"]+)\"");

    /**
     * A fenced block.
     *
     * @param where page and line, to find it
     * @param index among the page's blocks of its language, from 1
     * @param source the file it is quoted from, relative to the project's root; a comment before the block says so
     * @param notChecked why nobody checks it; a comment before the block says so
     */
    public record CodeBlock(
            String where,
            String page,
            String language,
            int index,
            String text,
            @Nullable String source,
            @Nullable String notChecked) {

        @Override
        public String toString() {
            return where + " [" + language + "]";
        }
    }

    /** All pages: those that people open on purpose, so none below {@code src}. */
    static List<MarkdownPage> all() {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    String name = directory.getFileName().toString();
                    boolean skipped = !directory.equals(ROOT) && (name.startsWith(".") || NOT_PAGES.contains(name));
                    return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".md")) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files.stream().sorted().map(MarkdownPage::read).toList();
    }

    /** One page, by its path in the project. */
    public static MarkdownPage of(String path) {
        return read(ROOT.resolve(path));
    }

    static Stream<CodeBlock> blocks(Predicate<CodeBlock> wanted) {
        return all().stream().flatMap(page -> page.blocks().stream()).filter(wanted);
    }

    private static MarkdownPage read(Path file) {
        try {
            return parse(ROOT.relativize(file), Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MarkdownPage parse(Path path, List<String> lines) {
        List<CodeBlock> blocks = new ArrayList<>();
        StringBuilder prose = new StringBuilder();
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher fence = FENCE.matcher(lines.get(i));
            if (!fence.matches()) {
                prose.append(lines.get(i)).append('\n');
                continue;
            }
            int first = i + 1;
            do {
                i++;
                if (i == lines.size()) {
                    throw new IllegalArgumentException(path + ":" + first + ": a block that does not end");
                }
            } while (!lines.get(i).strip().equals("```"));
            String language = fence.group(1);
            Matcher directive = DIRECTIVE.matcher(first < 2 ? "" : lines.get(first - 2));
            String kind = directive.matches() ? directive.group(1) : "";
            blocks.add(new CodeBlock(
                    path + ":" + first,
                    path.toString(),
                    language,
                    seen.merge(language, 1, Integer::sum),
                    String.join("\n", lines.subList(first, i)).stripIndent() + "\n",
                    kind.equals("source") ? directive.group(2) : null,
                    kind.equals("not checked") ? directive.group(2) : null));
        }
        String text = prose.toString();
        return new MarkdownPage(
                path,
                blocks,
                SPAN.matcher(text)
                        .results()
                        .map(span -> span.group(2).strip().replaceAll("\\s+", " "))
                        .toList(),
                anchors(text),
                links(SPAN.matcher(text).replaceAll("")));
    }

    /** As GitHub names headings. */
    private static Set<String> anchors(String text) {
        Set<String> anchors = new TreeSet<>();
        Map<String, Integer> seen = new HashMap<>();
        HEADING.matcher(text).results().forEach(heading -> {
            String name = heading.group(1)
                    .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-');
            int before = seen.merge(name, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? name : name + "-" + before);
        });
        return anchors;
    }

    private static List<String> links(String text) {
        return Stream.of(LINK, ATTRIBUTE)
                .flatMap(pattern -> pattern.matcher(text).results())
                .map(link -> link.group(1))
                .toList();
    }
}
