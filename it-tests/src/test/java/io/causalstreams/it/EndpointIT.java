package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What a running {@code serve} discloses by HTTP and in its log, and to whom. Wrong methods and sizes: OperationsServerTest. */
class EndpointIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SECRET = "my-secret-is-4711";

    @Test
    void shouldTellNobodyWhatIsAskedAndAnswered() throws Exception {
        int port = FreePort.find();
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                CommandProcess serve = serve(broker, port, "--verbose")) {
            // When: one refused, one unreadable, some under way
            client.send(SECRET, prompt("refused", SECRET + " and more", -1));
            client.send(SECRET, "{\"prompt\": \"" + SECRET);
            List<String> open =
                    IntStream.range(0, 12).mapToObj(i -> "open-" + i).toList();
            open.forEach(id -> client.send(SECRET, prompt(id, SECRET + " and more", 1900)));
            String last = open.get(open.size() - 1);
            client.readUntil("a token", LIMIT, () -> client.tokensSeen(open.get(0)) > 0);
            String status = Await.await("one that is under way")
                    .atMost(LIMIT)
                    .until(
                            () -> open.stream().map(id -> status(port, id)).reduce("", String::concat),
                            pages -> pages.contains("\"tokens\":"));
            String pages = status + get(port, "/metrics") + get(port, "/health") + get(port, "/x");
            client.readCompletions(List.of(last, "refused"), LIMIT);
            client.readUntil("2 dead letters", LIMIT, () -> client.deadLetters.size() == 2);

            // Then
            String answer = client.text(last).substring(0, 20);
            assertThat(pages)
                    .contains("causal_streams_requests_total")
                    .contains("causal_streams_dead_letters_total{operator=\"causal-streams-generation\"} 2.0");
            assertThat(pages).doesNotContain(SECRET).doesNotContain(answer);
            assertThat(serve.output()).doesNotContain(SECRET).doesNotContain(answer);
        }
    }

    @Test
    void shouldListenOnLoopbackOnlyUnlessToldOtherwise() throws Exception {
        InetAddress outside = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .findFirst()
                .orElseGet(() -> Assumptions.abort("skipped: this machine has no IPv4 address but loopback"));
        int port = FreePort.find();
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                CommandProcess serve = serve(broker, port)) {
            assertThat(get(port, "/health")).contains("\"status\":\"UP\"");
            assertThatThrownBy(() -> connect(outside, port)).isInstanceOf(ConnectException.class);
            assertThat(serve.isAlive()).isTrue();
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                CommandProcess serve = serve(broker, port, "--metrics-host", outside.getHostAddress())) {
            assertThat(get(outside, port, "/health")).contains("\"status\":\"UP\"");
            assertThatThrownBy(() -> connect(InetAddress.getLoopbackAddress(), port))
                    .isInstanceOf(ConnectException.class);
            assertThat(serve.isAlive()).isTrue();
        }
    }

    private static void connect(InetAddress address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 5_000);
        }
    }

    private static String prompt(String id, String text, int tokens) {
        return "{\"id\": \"%s\", \"prompt\": \"%s\", \"max_tokens\": %d, \"ignore_eos\": true}"
                .formatted(id, text, tokens);
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        return get(InetAddress.getLoopbackAddress(), port, path);
    }

    /** From an IPv4 address. */
    private static String get(InetAddress address, int port, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + address.getHostAddress() + ":" + port + path))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String status(int port, String id) {
        try {
            return get(port, "/status/" + id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static CommandProcess serve(EmbeddedBroker broker, int port, String... more) {
        List<String> options = new ArrayList<>(
                List.of("--model", TestModels.tinyChat().toString(), "--metrics-port", Integer.toString(port)));
        options.addAll(List.of(more));
        return CommandProcess.serveSmall(broker.bootstrapServers(), LIMIT, options.toArray(String[]::new));
    }
}
