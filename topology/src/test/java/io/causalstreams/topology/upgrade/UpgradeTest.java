package io.causalstreams.topology.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Journals of every release are read for ever: each directory {@code journal-<number>} holds what an operator wrote until
 * it was stopped in the middle of its work, and how it went on when nothing stopped it.
 *
 * <p>When the format changes, {@code -Djournal.write=true} records another directory beside them. None is ever changed.
 */
class UpgradeTest {

    private static final Path RECORDINGS = Path.of("src/test/resources/io/causalstreams/topology/upgrade");

    private static final Set<String> UNSTABLE =
            Set.of("ce_time", "__streams.errors.exception", "__streams.errors.stacktrace");

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("recordings")
    void shouldAnswerEveryRequestAsTheReleaseThatTookIt(String version, String name) {
        // Given
        Scenario scenario = scenario(name);
        Recording recording = read(version, name);
        try (ScenarioRun run = ScenarioRun.restored(scenario, recording)) {
            // When
            run.turn();
            run.runToTheEnd();

            // Then: each output topic, record by record; by key and id, since answers may overtake each other
            Recording restored = new Recording(List.of(), run.taken());
            for (String topic : outputs(recording)) {
                if (!topic.equals("tokens")) {
                    assertSame(topic, recording.untilEnd(topic), restored.untilEnd(topic));
                }
            }
            assertThat(texts(recording.untilStop("tokens"), restored.untilEnd("tokens")))
                    .isEqualTo(texts(recording.untilStop("tokens"), recording.untilEnd("tokens")));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("recordings")
    void shouldGoOnAtTheLastPublishedToken(String version, String name) {
        // Given
        Scenario scenario = scenario(name);
        Recording recording = read(version, name);
        try (ScenarioRun run = ScenarioRun.restored(scenario, recording)) {
            // When
            run.turn();
            run.runToTheEnd();

            // Then
            assertThat(run.engine.submitted())
                    .extracting(GenerationRequest::id)
                    .doesNotHaveDuplicates()
                    .containsAll(scenario.publishedAtStop(recording).keySet());
            for (GenerationRequest request : run.engine.submitted()) {
                List<Integer> published = scenario.publishedAtStop(recording).getOrDefault(request.id(), List.of());
                assertThat(request.resumeFrom().stream().map(List::size).filter(tokens -> tokens > 0))
                        .as(request.id())
                        .isEqualTo(published);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldRememberWhatTheOldReleaseAnswered(String version) {
        // Given
        Recording recording = read(version, "prompts");
        Map<String, byte[]> answers = new LinkedHashMap<>();
        recording
                .untilStop("completions")
                .forEach(entry -> answers.put(id(entry), entry.value().get()));
        answers.remove("invalid");
        try (ScenarioRun run = ScenarioRun.restored(scenario("prompts"), recording)) {
            for (String id : answers.keySet()) {
                // When
                run.send("prompts", "again", "{\"id\":\"" + id + "\",\"prompt\":\"x\"}");
                run.turn();

                // Then
                List<Recording.Entry> published = new Recording(List.of(), run.taken())
                        .untilEnd("completions").stream()
                                .filter(entry -> id(entry).equals(id))
                                .toList();
                assertThat(published).as(id).hasSize(1);
                assertThat(published.get(0).value().get()).isEqualTo(answers.get(id));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldContinueTheConversationsOfTheOldRelease(String version) {
        try (ScenarioRun run = ScenarioRun.restored(scenario("prompts"), read(version, "prompts"))) {
            // When
            run.turn();
            run.runToTheEnd();

            // Then
            assertThat(promptOf(run, "turn-3"))
                    .containsSubsequence(
                            "Be brief.", "Grüße", "The answer to turn-1", "And then?", "The answer to turn-2");
            assertThat(promptOf(run, "talk-2")).containsSubsequence("Hello", "The answer to talk-1", "Still there?");
        }
    }

    @Test
    void shouldWriteTheJournalThatIsRecorded() {
        String newest = versions().reduce((first, second) -> second).orElse("journal-0");
        Map<String, Recording> now = new LinkedHashMap<>();
        for (Scenario scenario : Scenario.all()) {
            now.put(scenario.name(), record(scenario));
        }
        if (Boolean.getBoolean("journal.write")) {
            String next = "journal-" + (number(newest) + 1);
            now.forEach((name, recording) ->
                    recording.write(RECORDINGS.resolve(next).resolve(name + ".jsonl")));
            newest = next;
        }
        for (Map.Entry<String, Recording> each : now.entrySet()) {
            assertThat(layout(each.getValue()))
                    .as("the journal is written otherwise than " + newest
                            + " says; old releases' must still be read: run this test with -Djournal.write=true, which"
                            + " records it beside the others")
                    .isEqualTo(layout(read(newest, each.getKey())));
        }
    }

    static Stream<String> versions() {
        try (Stream<Path> all = Files.list(RECORDINGS)) {
            return all
                    .map(directory -> directory.getFileName().toString())
                    .sorted(Comparator.comparingInt(UpgradeTest::number))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Arguments> recordings() {
        return versions()
                .flatMap(version -> Scenario.all().stream()
                        .map(Scenario::name)
                        .filter(name -> Files.exists(file(version, name))) // that release had such operators
                        .map(name -> Arguments.of(version, name)));
    }

    private static Recording record(Scenario scenario) {
        try (ScenarioRun run = ScenarioRun.fresh(scenario)) {
            scenario.play(run);
            List<Recording.Entry> untilStop = run.taken();
            run.pause();
            run.runToTheEnd();
            return new Recording(untilStop, run.taken());
        }
    }

    /** What lies in the stores; of remembered completions, whose events may gain fields, only that they are there. */
    private static Map<String, String> layout(Recording recording) {
        Map<String, String> layout = new TreeMap<>();
        recording
                .stores(Scenario.APPLICATION)
                .forEach((store, content) -> content.forEach((key, value) -> {
                    boolean completion = key.get()[0] == 'c';
                    layout.put(
                            store + " " + key,
                            completion ? "a completion" : Bytes.wrap(value).toString());
                }));
        return layout;
    }

    private static List<String> outputs(Recording recording) {
        return recording.untilEnd().stream()
                .map(Recording.Entry::topic)
                .filter(topic -> !topic.endsWith("-changelog"))
                .distinct()
                .toList();
    }

    private static void assertSame(String topic, List<Recording.Entry> published, List<Recording.Entry> restored) {
        assertThat(restored.stream().map(UpgradeTest::identity).sorted())
                .as(topic)
                .isEqualTo(
                        published.stream().map(UpgradeTest::identity).sorted().toList());
        Map<String, Recording.Entry> byIdentity = new LinkedHashMap<>();
        restored.forEach(entry -> byIdentity.put(identity(entry), entry));
        for (Recording.Entry entry : published) {
            Recording.Entry again = byIdentity.get(identity(entry));
            assertThat(again.timestamp()).isEqualTo(entry.timestamp());
            assertThat(headers(again)).as(identity(entry)).containsAll(headers(entry));
            if (topic.equals("completions")) {
                assertHolds(identity(entry), entry.json(), again.json());
            } else {
                assertThat(again.value()).as(identity(entry)).isEqualTo(entry.value());
            }
        }
    }

    /** Events may gain fields; none may change or go. */
    private static void assertHolds(String place, JsonNode old, JsonNode now) {
        if (old.isObject()) {
            old.properties()
                    .forEach(field ->
                            assertHolds(place + "." + field.getKey(), field.getValue(), now.path(field.getKey())));
        } else if (old.isArray()) {
            assertThat(now.size()).as(place).isEqualTo(old.size());
            for (int i = 0; i < old.size(); i++) {
                assertHolds(place + "[" + i + "]", old.get(i), now.get(i));
            }
        } else {
            assertThat(now).as(place).isEqualTo(old);
        }
    }

    private static String identity(Recording.Entry entry) {
        boolean event = entry.topic().equals("completions");
        return entry.key() + " " + (event ? id(entry) : entry.value());
    }

    /** Without the time, and without names of classes, which may move. */
    private static List<String> headers(Recording.Entry entry) {
        List<String> headers = new ArrayList<>();
        for (Header header : entry.headers()) {
            if (!UNSTABLE.contains(header.key())) {
                headers.add(header.key() + "=" + Bytes.wrap(header.value()));
            }
        }
        return headers;
    }

    /** Texts by request and choice, of events without gap or repetition. */
    private static Map<String, String> texts(List<Recording.Entry> first, List<Recording.Entry> then) {
        Map<String, StringBuilder> texts = new TreeMap<>();
        Map<String, Integer> next = new TreeMap<>();
        List<Recording.Entry> all = new ArrayList<>(first);
        all.addAll(then);
        for (Recording.Entry entry : all) {
            JsonNode choice = entry.json().path("choices").path(0);
            String place = id(entry) + ":" + choice.path("index").asInt();
            assertThat(choice.path("token_index").asInt()).as(place).isEqualTo(next.getOrDefault(place, 0));
            next.merge(place, choice.path("token_count").asInt(), Integer::sum);
            texts.computeIfAbsent(place, key -> new StringBuilder())
                    .append(choice.path("text")
                            .asText(choice.path("delta").path("content").asText()));
        }
        Map<String, String> whole = new TreeMap<>();
        texts.forEach((place, text) -> whole.put(place, text.toString()));
        return whole;
    }

    private static String promptOf(ScenarioRun run, String id) {
        return run.engine.submitted().stream()
                .filter(request -> request.id().equals(id))
                .map(request -> request.prompt().toString())
                .findFirst()
                .orElseThrow();
    }

    private static Scenario scenario(String name) {
        return Scenario.all().stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Recording read(String version, String name) {
        return Recording.read(file(version, name));
    }

    private static Path file(String version, String name) {
        return RECORDINGS.resolve(version).resolve(name + ".jsonl");
    }

    private static int number(String version) {
        return Integer.parseInt(version.substring(version.indexOf('-') + 1));
    }

    private static String id(Recording.Entry event) {
        return event.json().path("id").asText();
    }
}
