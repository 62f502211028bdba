package io.causalstreams.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Chromium without a window, and one tab of it, driven by its own protocol.
 *
 * @see <a href="https://chromedevtools.github.io/devtools-protocol/">the protocol</a>
 */
final class Browser implements AutoCloseable {
    private static final @Nullable String PROMISED = System.getenv("CHROMIUM");
    private static final List<String> NAMES =
            PROMISED == null ? List.of("chromium", "chromium-browser", "google-chrome") : List.of(PROMISED);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Browser(Process process, Path profile) throws IOException, InterruptedException {
        this.process = process;
        Path portFile = profile.resolve("DevToolsActivePort");
        Await.await("Chromium listens").atMost(PATIENCE).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("Chromium ended with " + process.exitValue());
            }
            return Files.exists(portFile) && Files.readAllLines(portFile).size() == 2;
        });
        String port = Files.readAllLines(portFile).get(0);
        HttpRequest newTab = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?about:blank"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        JsonNode tab = JSON.readTree(
                http.send(newTab, HttpResponse.BodyHandlers.ofString()).body());
        this.socket = http.newWebSocketBuilder()
                .buildAsync(URI.create(tab.path("webSocketDebuggerUrl").asText()), new Messages())
                .join();
        Stream.of("Page.enable", "Runtime.enable", "Log.enable").forEach(domain -> call(domain, Map.of()));
    }

    /** A browser; where there is none the test is skipped, but fails where {@code CHROMIUM} promises one. */
    static Browser start() {
        String name = NAMES.stream().filter(Browser::runs).findFirst().orElseGet(Browser::missing);
        try {
            Path profile = TestFiles.fresh("chromium-").toAbsolutePath();
            Process process = new ProcessBuilder(
                            name,
                            "--headless=new",
                            "--no-sandbox", // which root may not have; the only pages are ours
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--no-first-run",
                            "--hide-scrollbars",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile)
                    .redirectErrorStream(true)
                    .redirectOutput(profile.resolve("chromium.log").toFile())
                    .start();
            return new Browser(process, profile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static boolean runs(String name) {
        try {
            return ForeignRuntime.run(PATIENCE, name, "--version").exit() == 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static String missing() {
        if (PROMISED != null) {
            throw new AssertionError("CHROMIUM names " + PROMISED + ", which does not run here");
        }
        return Assumptions.abort("skipped: no Chromium here (" + String.join(", ", NAMES) + ")");
    }

    /** A window of this size in CSS pixels, and what the user prefers. */
    void look(int width, int height, String colours) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", colours),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    void open(String url) {
        call("Page.navigate", Map.of("url", url));
        await("the page", "document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /** The value of an expression; of a promise, what it comes to. */
    JsonNode value(String expression) {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    String text(String selector) {
        return value("document.querySelector(" + quoted(selector) + ").textContent")
                .asText();
    }

    /** Waits until an expression is true. */
    void await(String what, String expression) {
        Await.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> value("!!(" + expression + ")").asBoolean());
    }

    /** A press of a key, as the keyboard sends it. */
    void press(String key, int modifiers) {
        Map<String, Integer> codes = Map.of("Tab", 9, "Enter", 13, "Escape", 27, " ", 32);
        for (String type : List.of("keyDown", "keyUp")) {
            ObjectNode event = JSON.createObjectNode();
            event.put("type", type).put("key", key).put("code", key.equals(" ") ? "Space" : key);
            event.put("modifiers", modifiers).put("windowsVirtualKeyCode", codes.getOrDefault(key, 0));
            if (type.equals("keyDown") && !key.equals("Tab") && modifiers == 0) {
                event.put("text", key.equals("Enter") ? "\r" : key.equals(" ") ? " " : "");
            }
            call("Input.dispatchKeyEvent", event);
        }
    }

    /** Text into what has the focus. */
    void type(String text) {
        call("Input.insertText", Map.of("text", text));
    }

    /** The whole page, as far as it goes down. */
    void screenshot(Path file) {
        JsonNode size = call("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
        JsonNode picture = call(
                "Page.captureScreenshot",
                Map.of(
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of(
                                "x", 0,
                                "y", 0,
                                "width", size.path("width").asInt(),
                                "height", size.path("height").asInt(),
                                "scale", 1)));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, Base64.getDecoder().decode(picture.path("data").asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Errors in the console of the page since it was opened: of scripts, of policies, of requests. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    void forgetComplaints() {
        complaints.clear();
    }

    static String quoted(String text) {
        return JSON.valueToTree(text).toString();
    }

    private JsonNode call(String method, Object parameters) {
        int id = calls.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        synchronized (this) {
            socket.sendText(message.toString(), true).join();
        }
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(method + " was not answered", e);
        }
    }

    private final class Messages implements WebSocket.Listener {
        private final List<String> parts = new ArrayList<>();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            parts.add(part.toString());
            if (last) {
                take(String.join("", parts));
                parts.clear();
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void take(String text) {
        JsonNode message;
        try {
            message = JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt());
        if (answer == null) {
            String method = message.path("method").asText();
            JsonNode entry = message.path("params").path("entry");
            boolean failed = method.equals("Runtime.exceptionThrown")
                    || (method.equals("Log.entryAdded")
                            && entry.path("level").asText().equals("error"));
            if (failed) {
                complaints.add(message.path("params").toString());
            }
        } else if (message.has("error")) {
            answer.completeExceptionally(
                    new AssertionError(message.path("error").toString()));
        } else {
            answer.complete(message.path("result"));
        }
    }

    @Override
    public void close() {
        socket.abort();
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
