package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.export.Precision;
import io.causalstreams.it.documentation.MarkdownPage;
import io.causalstreams.it.documentation.MarkdownPage.CodeBlock;
import io.causalstreams.it.documentation.ShellLines;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The tutorial, command by command, with its files: only the broker's port and the directory of model and files are others, and a
 * command that runs on is not waited for.
 */
@MostlyWaits
class TutorialIT {
    private static final MarkdownPage PAGE = MarkdownPage.of("docs/tutorial.md");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path directory = TestFiles.fresh("tutorial-");
    private final List<CommandProcess> running = new ArrayList<>();
    private String broker = "";

    @BeforeEach
    void findRoom() throws IOException {
        TestModels.smolLm2(Precision.FP32);
        try (ServerSocket free = new ServerSocket(0)) {
            broker = "localhost:" + free.getLocalPort();
        }
        TestFiles.write(directory.resolve("mails.jsonl"), blocks("jsonl").get(0).text());
        TestFiles.write(
                directory.resolve("Orders.java"), here(blocks("java").get(0).text()));
    }

    @AfterEach
    void endAll() {
        running.forEach(CommandProcess::close);
    }

    @Test
    void shouldShowWhatReallyHappens() throws IOException {
        // Given
        List<List<String>> commands = blocks("sh").stream()
                .flatMap(block -> ShellLines.commands(here(block.text())).stream())
                .toList();
        List<JsonNode> shown = mails(texts());

        // When: a model, a broker, mails, the program
        assertThat(commands)
                .extracting(words -> words.get(0) + " " + words.get(1))
                .containsExactly(
                        "./causal-streams export",
                        "./causal-streams broker",
                        "./causal-streams produce",
                        "java -cp",
                        "./causal-streams produce");
        CommandProcess export = launch(commands.get(0));
        assertThat(export.awaitExit(LIMIT)).as(export.output()).isZero();
        launch(commands.get(1), "--port", broker.replaceFirst(".*:", "")).awaitOutput("Broker ready", LIMIT);
        produce(commands.get(2));
        CommandProcess program = java(commands.get(3));

        // Then
        for (JsonNode mail : shown) {
            program.awaitOutput(mail.toString(), LIMIT);
        }
        assertThat(shown).hasSize(4);

        // When: it is killed while it has mails
        produce(commands.get(4));
        program.kill9();
        java(commands.get(3));

        // Then: each is answered once
        List<JsonNode> twice = Stream.concat(shown.stream(), shown.stream()).toList();
        assertThat(orders(twice.size())).containsExactlyInAnyOrderElementsOf(twice);
    }

    /** What the page shows of the program's output, and of other commands'. */
    private static String texts() {
        return String.join("", blocks("text").stream().map(CodeBlock::text).toList());
    }

    /** Those of the lines {@code key mail}. */
    private static List<JsonNode> mails(String output) throws IOException {
        List<JsonNode> mails = new ArrayList<>();
        for (String line :
                output.lines().filter(each -> each.matches("\\d+ \\{.*")).toList()) {
            mails.add(JSON.readTree(line.replaceFirst("^\\d+ ", "")));
        }
        return mails;
    }

    private static List<CodeBlock> blocks(String language) {
        return PAGE.blocks().stream()
                .filter(block -> block.language().equals(language))
                .toList();
    }

    private String here(String text) {
        return text.replace("localhost:9092", broker)
                .replace("target/model", directory.resolve("model").toString())
                .replace("mails.jsonl", directory.resolve("mails.jsonl").toString())
                .replace("Orders.java", directory.resolve("Orders.java").toString())
                .replace("app/target", "../app/target");
    }

    private void produce(List<String> words) {
        CommandProcess produce = launch(words, "--bootstrap-servers", broker);
        assertThat(produce.awaitExit(LIMIT)).as(produce.output()).isZero();
    }

    private CommandProcess launch(List<String> words, String... more) {
        List<String> arguments = new ArrayList<>(words.subList(1, words.size()));
        arguments.addAll(List.of(more));
        return kept(CommandProcess.start(arguments.toArray(String[]::new)));
    }

    /** With a place for Kafka Streams' files of its own. */
    private CommandProcess java(List<String> words) {
        List<String> command = new ArrayList<>(words);
        command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(1, "-Djava.io.tmpdir=" + directory);
        return kept(CommandProcess.startProgram(Map.of(), "Orders", command));
    }

    private CommandProcess kept(CommandProcess process) {
        running.add(process);
        return process;
    }

    /** What is committed in the topic, when it is so much, and a moment later. */
    private List<JsonNode> orders(int wanted) throws IOException {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers", broker,
                "group.id", "tutorial",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed"));
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            Await.await("orders of " + wanted + " mails").atMost(LIMIT).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(each -> values.add(each.value()));
                return values.size() >= wanted;
            });
            consumer.poll(Duration.ofSeconds(2)).forEach(each -> values.add(each.value()));
        }
        List<JsonNode> orders = new ArrayList<>();
        for (String value : values) {
            orders.add(JSON.readTree(value));
        }
        return orders;
    }
}
