package io.causalstreams.it.documentation;

import io.causalstreams.it.documentation.MarkdownPage.CodeBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Java of the documentation, compiled. A fragment is compiled where a file in {@code documentation/} of the test resources has a
 * line {@code // docs/page.md 1}, the page and the number of the block among the page's Java; what the file has around it is
 * what the page leaves to the reader.
 */
final class DocumentedJava {
    private static final Path FRAMES = Path.of("src/test/resources/documentation");
    private static final String PLACE = "\\s*// (\\S+\\.md \\d+)";

    /** The blocks by their names, {@code docs/page.md 1}. */
    private final Map<String, CodeBlock> blocks = new TreeMap<>();

    private final List<String> problems = new ArrayList<>();

    private DocumentedJava(Stream<CodeBlock> blocks) {
        blocks.forEach(block -> this.blocks.put(block.page() + " " + block.index(), block));
    }

    /** What is wrong with the blocks, a line each. */
    static List<String> problems(Stream<CodeBlock> blocks) throws IOException {
        DocumentedJava documented = new DocumentedJava(blocks);
        documented.compile();
        documented.blocks.values().forEach(left -> documented.problems.add(left + " has no place in " + FRAMES));
        return documented.problems;
    }

    private void compile() throws IOException {
        List<Source> sources;
        try (Stream<Path> frames = Files.list(FRAMES)) {
            sources = frames.sorted().map(this::filled).toList();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        Path classes = Files.createDirectories(Path.of("target/documentation"));
        String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> options = List.of("-classpath", classpath, "-d", classes.toString(), "-proc:none");
        compiler.getTask(null, null, diagnostics, options, null, sources).call();
        diagnostics.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .forEach(each -> problems.add(where(each) + ": " + each.getMessage(Locale.ROOT)));
    }

    private static String where(Diagnostic<? extends JavaFileObject> diagnostic) {
        return diagnostic.getSource() instanceof Source source
                ? source.wheres.get((int) diagnostic.getLineNumber() - 1)
                : "javac";
    }

    /** A frame with the blocks in their places. */
    private Source filled(Path frame) {
        List<String> lines = new ArrayList<>();
        List<String> wheres = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(frame)) {
                if (line.matches(PLACE)) {
                    String name = line.replaceFirst(PLACE, "$1");
                    CodeBlock block = blocks.remove(name);
                    if (block == null) {
                        problems.add(frame + ": there is no block " + name);
                        continue;
                    }
                    block.text().lines().forEach(each -> {
                        lines.add(each);
                        wheres.add(block + ", " + each.strip());
                    });
                } else {
                    lines.add(line);
                    wheres.add(frame + ", " + line.strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Source(frame.getFileName().toString(), String.join("\n", lines), wheres);
    }

    /** A file, and of each line where it comes from. */
    private static final class Source extends SimpleJavaFileObject {
        private final String code;
        private final List<String> wheres;

        Source(String name, String code, List<String> wheres) {
            super(URI.create("string:///" + name), Kind.SOURCE);
            this.code = code;
            this.wheres = wheres;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
