package io.causalstreams.it;

import static io.causalstreams.it.Browser.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.HttpDoor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The console in a browser: what it shows, by keyboard, in both schemes and widths. Its pictures are in target/console. */
@SuppressWarnings("NullAway.Init") // set before all
class ConsolePageIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path PICTURES = Path.of("target/console");
    private static final int WIDE = 1280;
    private static final int NARROW = 360;
    private static final int CTRL = 2;
    private static final String HOSTILE = "</p><img src=x onerror=window.hit=1><script>window.hit=1</script>";

    private static Browser browser;
    private static ConsoleStage stage;
    private static OperatorClient client;
    private static HttpDoor door;

    @BeforeAll
    static void start() throws InterruptedException {
        browser = Browser.start();
        stage = ConsoleStage.start();
        door = stage.door(null);
        client = new OperatorClient(stage.servers());
    }

    @AfterAll
    static void stop() {
        if (client != null) {
            client.close();
        }
        if (stage != null) {
            stage.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        browser.look(WIDE, 900, "light");
        open(door);
        browser.await("the line", "document.querySelector('#status').textContent === 'Live'");
    }

    private static void open(HttpDoor at) {
        browser.open("http://127.0.0.1:" + at.port() + "/console");
        browser.forgetComplaints();
    }

    /** Errors of scripts and of the page's policy. */
    @AfterEach
    void shouldNotComplain() {
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void shouldShowTokensAsTheyCome() {
        // When
        client.send("k", chat("seen", "Why?", 60));

        // Then
        browser.await("its first tokens", lane("seen") + "?.classList.contains('running')");
        String early = browser.value(lane("seen") + ".querySelector('.prose').textContent")
                .asText();
        client.readCompletions(List.of("seen"), LIMIT);
        browser.await("its end", lane("seen") + "?.classList.contains('done')");
        assertThat(browser.value(lane("seen") + ".querySelector('.prose').textContent")
                        .asText())
                .isEqualTo(client.text("seen"))
                .startsWith(early)
                .hasSizeGreaterThan(early.length());
        browser.await("its tokens in the meters", "document.querySelector('#answered').textContent !== '0'");
        assertThat(browser.value("document.querySelectorAll('#lags tr').length").asInt())
                .isEqualTo(4);
        assertThat(browser.text("#served")).contains("scripted", "support 3fa9c18b");
    }

    @Test
    void shouldTakePromptsAndAnswersForText() {
        // When: wherever clients write, they write markup
        client.send("k" + HOSTILE, chat("a" + HOSTILE, "Repeat: " + HOSTILE, 20));
        client.send("k" + HOSTILE, "{\"id\":\"b" + HOSTILE + "\",\"prompt\": \"" + HOSTILE);
        String id = quoted("a" + HOSTILE);
        browser.await(
                "the answer",
                "[...document.querySelectorAll('.lane .id')].some(e => e.textContent === " + id + ")"
                        + " && document.querySelector('.lane.done .prose')");
        browser.await("the dead letter", "document.querySelector('#box pre')");

        // Then: it stands there, and does nothing
        browser.value("[...document.querySelectorAll('.lane .id')].find(e => e.textContent === " + id + ").click()");
        browser.await("its details", "document.querySelector('#details').open");
        assertThat(browser.text("#details-prompt")).isEqualTo("Repeat: " + HOSTILE);
        browser.await("all of it", "document.querySelector('#details-text').textContent === " + quoted(HOSTILE));
        browser.press("Escape", 0);
        assertThat(browser.value("document.querySelectorAll('img, main script').length")
                        .asInt())
                .isZero();
        assertThat(browser.value("window.hit === undefined").asBoolean()).isTrue();
    }

    @Test
    void shouldSendADeadLetterAgainAfterAsking() {
        // Given
        client.send("k", "{\"prompt\": \"never closed");
        browser.await("a dead letter", "document.querySelector('#box pre')?.textContent.includes('never closed')");
        int before = letters();

        // When: opened and asked for by keyboard, and refused
        browser.value("document.querySelector('#box summary').focus()");
        browser.press("Enter", 0);
        browser.press("Tab", 0);
        assertThat(browser.value("document.activeElement.textContent").asText()).isEqualTo("Send again…");
        browser.press("Enter", 0);
        browser.await("the question", "document.querySelector('#confirm').open");
        assertThat(browser.text("#confirm-text")).contains("published once more", "24 bytes");
        browser.press("Escape", 0);
        browser.await("no question", "!document.querySelector('#confirm').open");
        assertThat(letters()).isEqualTo(before);

        // When: confirmed
        browser.press("Enter", 0);
        browser.await("the question", "document.querySelector('#confirm').open");
        browser.value("document.querySelector('#confirm-yes').focus()");
        browser.press("Enter", 0);

        // Then: it is marked, also later, and dies once more
        browser.await(
                "the mark",
                "[...document.querySelectorAll('.mark')].some(e => e.textContent.startsWith('sent again'))");
        browser.await("its second death", "document.querySelectorAll('#box > li').length === " + (before + 1));
        open(door);
        browser.await(
                "the mark",
                "[...document.querySelectorAll('.mark')].some(e => e.textContent.startsWith('sent again'))");
    }

    private static int letters() {
        return browser.value("document.querySelectorAll('#box > li').length").asInt();
    }

    @Test
    void shouldAskInThePlayground() {
        // Given
        browser.await("the models", "document.querySelector('#model').value === 'scripted'");

        // When: by keyboard alone
        browser.value("document.querySelector('#messages textarea').select()");
        browser.type("Repeat: one two three four five");
        browser.press("Enter", CTRL);

        // Then
        browser.await("the answer", "document.querySelector('#answer-status').textContent.startsWith('Ended by stop')");
        assertThat(browser.text("#answer")).isEqualTo("one two three four five");

        // When: all fields are set, one of them wrongly
        int before = letters();
        field("temperature", "-1");
        field("top_p", "0.9");
        field("top_k", "7");
        field("seed", "42");
        field("stop", "END\nSTOP");
        field("schema", "{\"type\":\"object\"}");
        browser.value("document.querySelector('#adapter').value = 'support'");
        browser.press("Enter", CTRL);
        browser.await("why not", "document.querySelector('#answer-status').textContent.includes('temperature')");

        // Then: the dead letter is what was asked
        browser.await("its dead letter", "document.querySelectorAll('#box > li').length > " + before);
        assertThat(browser.text("#box pre"))
                .contains(
                        "\"top_p\":0.9",
                        "\"top_k\":7",
                        "\"seed\":42",
                        "\"stop\":[\"END\",\"STOP\"]",
                        "\"schema\":{\"type\":\"object\"}",
                        "\"adapter\":\"support\"",
                        "\"max_tokens\":200");

        // When: the schema is no JSON
        field("schema", "{");
        browser.value("document.querySelector('#send').click()");
        browser.await("why not", "document.querySelector('#answer-status').textContent.includes('schema is no JSON')");
        browser.forgetComplaints(); // a status of 400 is one
    }

    private static void field(String name, String text) {
        browser.value("document.querySelector('[name=" + name + "]').focus();" + "document.querySelector('[name=" + name
                + "]').select()");
        browser.type(text);
    }

    @Test
    void shouldAskForAKeyAndKeepItInTheTab() {
        // Given
        HttpDoor keyed = stage.door(TestFiles.write(
                TestFiles.fresh("keys-").resolve("keys"),
                "admin key-of-the-admins-1 console\nteam key-of-the-team-12\n"));
        open(keyed);
        browser.await("the question", "document.querySelector('#login').open");

        // When: a key that may not, then one that may
        useKey("key-of-the-team-12");
        browser.await("why not", "document.querySelector('#login-text').textContent.includes('may not see')");
        useKey("key-of-the-admins-1");

        // Then
        browser.await("the line", "document.querySelector('#status').textContent === 'Live'");
        assertThat(browser.value("sessionStorage.length + ' ' + location.search + location.hash + document.cookie")
                        .asText())
                .isEqualTo("1 ");
        assertThat(browser.value("JSON.stringify(localStorage)").asText()).doesNotContain("key-of");
        assertThat(browser.value("performance.getEntries().some(e => e.name.includes('key-of'))")
                        .asBoolean())
                .isFalse();
        browser.value("sessionStorage.clear()");
        browser.forgetComplaints(); // of 401 and 403
    }

    private static void useKey(String key) {
        browser.await("the question", "document.querySelector('#login').open");
        browser.value("document.querySelector('#login-key').select()");
        browser.type(key);
        browser.press("Enter", 0);
    }

    @Test
    void shouldReachEverythingByTabWithAFocusThatIsSeen() {
        // Given
        client.send("k", "{\"prompt\": \"never closed");
        browser.await("a dead letter", "document.querySelector('#box details')");
        browser.value("document.activeElement.blur()");
        JsonNode wanted = browser.value("[...document.querySelectorAll('a, button, input, select, textarea, summary')]"
                + ".filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}))"
                + ".filter(e => e.type !== 'radio' || e.checked).length");

        // When
        Set<String> reached = new LinkedHashSet<>();
        for (int presses = 0; presses < 150; presses++) {
            browser.press("Tab", 0);
            JsonNode at = browser.value("(() => { const e = document.activeElement;"
                    + " window.order ??= new Map(); if (!order.has(e)) order.set(e, order.size);"
                    + " return e === document.body ? null : {number: order.get(e), outline:"
                    + " getComputedStyle(e).outlineStyle, name: e.tagName + ' ' + e.textContent.slice(0, 20)}; })()");
            if (at.isNull()) {
                break;
            }
            assertThat(at.path("outline").asText()).as(at.path("name").asText()).isNotEqualTo("none");
            reached.add(at.path("number").asText());
        }

        // Then
        assertThat(reached).hasSizeGreaterThanOrEqualTo(wanted.asInt());
        assertThat(wanted.asInt()).isGreaterThan(20);
    }

    @Test
    void shouldChooseATheme() {
        String light = background();
        browser.value("document.querySelector('#theme').click()"); // light
        browser.look(WIDE, 900, "dark");
        assertThat(background()).isEqualTo(light);
        browser.value("document.querySelector('#theme').click()"); // dark
        browser.look(WIDE, 900, "light");
        assertThat(background()).isNotEqualTo(light);
        open(door);
        browser.await("what was chosen", "document.documentElement.dataset.theme === 'dark'");
        browser.value("document.querySelector('#theme').click()"); // as the system has it
        assertThat(background()).isEqualTo(light);
    }

    private static String background() {
        return browser.value("getComputedStyle(document.body).backgroundColor").asText();
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "1280, dark", "360, light", "360, dark"})
    void shouldFitAndHaveNoFindingsOfAxe(int width, String colours) throws IOException {
        // Given: some of everything
        browser.look(width, width == NARROW ? 740 : 900, colours);
        for (int i = 0; i < 6; i++) {
            String text = i % 2 == 0
                    ? "Why can a stream that was cut go on where it was cut?"
                    : "Summarise ticket 47" + i + ".";
            client.send("k" + i, chat("web:chatcmpl-" + width + colours + i, text, 40 + 9 * i));
        }
        client.send("k", "{\"prompt\": \"never closed");
        client.send("k", chat("bad-" + width + colours, "x", -1));
        browser.await("requests that run", "document.querySelectorAll('.lane.running').length >= 4");
        browser.await("a dead letter", "document.querySelector('#box details')");
        browser.value("document.querySelector('#box details').open = true");
        browser.await("a rate", "document.querySelector('#rate').textContent !== '–'");

        // Then
        browser.screenshot(PICTURES.resolve("console-" + width + "-" + colours + ".png"));
        assertThat(browser.value("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(width);
        String axe = axe();
        browser.value(axe + "; 0");
        assertNoFindings();
        for (String dialog : List.of("details", "confirm", "login")) {
            browser.value("document.querySelector('#" + dialog + "').showModal()");
            assertThat(browser.value("document.querySelector('#" + dialog + "').getBoundingClientRect().right")
                            .asDouble())
                    .isLessThanOrEqualTo(width);
            assertNoFindings();
            browser.value("document.querySelector('#" + dialog + "').close()");
        }
    }

    private static void assertNoFindings() {
        JsonNode findings = browser.value("axe.run(document, {resultTypes: ['violations']}).then(result =>"
                + " result.violations.map(each => each.id + ': ' + each.nodes.map(node => node.html + ' '"
                + " + node.failureSummary).join('; ')))");
        assertThat(findings).as(findings.toPrettyString()).isEmpty();
    }

    /** The newest that npm has, as a script. */
    private static String axe() throws IOException {
        Path list = Path.of(ForeignRuntime.node("console", "package.json"));
        return Files.readString(list.resolveSibling("node_modules/axe-core/axe.min.js"));
    }

    private static String lane(String id) {
        return "[...document.querySelectorAll('.lane')].find(e => e.querySelector('.id').textContent === " + quoted(id)
                + ")";
    }

    private static String chat(String id, String text, int tokens) {
        ObjectNode event = HttpClients.JSON.createObjectNode().put("id", id).put("max_tokens", tokens);
        event.withArray("messages").addObject().put("role", "user").put("content", text);
        return event.toString();
    }
}
