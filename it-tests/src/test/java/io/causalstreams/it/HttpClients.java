package io.causalstreams.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Clients of the HTTP door: one that behaves, and one that can be killed at any byte. */
final class HttpClients {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private static final int STATUS = "HTTP/1.1 ".length();

    private HttpClients() {}

    /** An answer as a whole. */
    record Whole(int status, HttpResponse<String> response, JsonNode body) {}

    static Whole post(int port, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofMinutes(2))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    static Whole get(int port, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofMinutes(2));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private static Whole send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String body = response.body();
            return new Whole(
                    response.statusCode(), response, body.startsWith("{") ? JSON.readTree(body) : JSON.nullNode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A server-sent event; some have no id. */
    record Event(@Nullable String id, String data) {}

    /**
     * What a client had of a stream when it ended, or when it was killed.
     *
     * @param whole whether {@code [DONE]} came
     */
    record Streamed(int status, List<Event> events, boolean whole) {

        /** The last event that can be resumed behind. */
        Optional<String> lastId() {
            return events.stream()
                    .flatMap(event -> Stream.ofNullable(event.id()))
                    .reduce((earlier, later) -> later);
        }

        /** Texts of the first choice, joined. */
        String text() {
            StringBuilder text = new StringBuilder();
            for (Event event : events) {
                JsonNode choice = json(event).path("choices").path(0);
                text.append(choice.path("delta").path("content").asText(""))
                        .append(choice.path("text").asText(""));
            }
            return text.toString();
        }

        String requestId() {
            return json(events.get(0)).path("id").asText();
        }
    }

    static JsonNode json(Event event) {
        try {
            return event.data().startsWith("{") ? JSON.readTree(event.data()) : JSON.nullNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Streams to the end. */
    static Streamed stream(int port, String path, String body, String... headers) {
        return stream(port, path, body, events -> true, headers);
    }

    /** Asks, and is gone when nothing has come after some time. */
    static Streamed stream(int port, String path, String body, int patienceMillis, String... headers) {
        return stream(port, path, body, patienceMillis, events -> true, headers);
    }

    /**
     * Streams over a socket of its own, which is reset, as that of a killed process is, when {@code goOn} says no.
     *
     * @param goOn is asked with the number of events so far
     */
    static Streamed stream(int port, String path, String body, IntPredicate goOn, String... headers) {
        return stream(port, path, body, 120_000, goOn, headers);
    }

    private static Streamed stream(
            int port, String path, String body, int patienceMillis, IntPredicate goOn, String... headers) {
        List<Event> events = new ArrayList<>();
        int status = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(patienceMillis);
            socket.setSoLinger(true, 0);
            socket.getOutputStream().write(request(path, body, headers));
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 512);
            status = Integer.parseInt(String.valueOf(lines.readLine()).substring(STATUS, STATUS + 3));
            String id = null;
            while (goOn.test(events.size())) {
                String line = lines.readLine();
                if (line == null) {
                    return new Streamed(status, events, false);
                }
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    events.add(new Event(id, line.substring(6)));
                    id = null;
                    if (line.equals("data: [DONE]")) {
                        return new Streamed(status, events, true);
                    }
                }
            }
        } catch (IOException e) {
            // the line was cut from the other side
        }
        return new Streamed(status, events, false);
    }

    private static byte[] request(String path, String body, String... headers) {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        return (head + "\r\n" + body).getBytes(StandardCharsets.UTF_8);
    }
}
