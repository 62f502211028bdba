package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.causalstreams.app.EmbeddedBroker;
import io.causalstreams.topology.adapter.AdapterArchive;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code adapters publish|promote|remove|list} as people type them: signed, by {@code https:}, to a {@code serve} that trusts one key. */
class AdaptersCommandIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Path ADAPTER = Path.of("../fine-tuning/src/test/resources/goldens/llama-tied");

    private final Path directory = TestFiles.fresh("adapters-");
    private final Certificates certificates = new Certificates();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final HttpsServer server;
    private final Path trustStore;
    private final String ours;
    private final String theirs;
    private int asked;

    AdaptersCommandIT() throws Exception {
        Path keys = certificates.keyStore("archives", "dns:localhost,ip:127.0.0.1");
        trustStore = certificates.trustStore("trusted", "archives");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
        server.createContext("/", exchange -> {
            byte[] file = files.get(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(file == null ? 404 : 200, file == null ? -1 : file.length);
            if (file != null) {
                exchange.getResponseBody().write(file);
            }
            exchange.close();
        });
        server.start();
        ours = keyFiles("ours");
        theirs = keyFiles("theirs");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldTakeWhatIsSignedAndIsWhatWasAnnouncedAndNothingElse() throws Exception {
        Path first = withAlpha("32");
        Path second = withAlpha("1");
        String one = served("/first.zip", first);
        String two = served("/second.zip", second);
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                OperatorClient client = new OperatorClient(broker.bootstrapServers());
                CommandProcess serve = serve(broker)) {
            // Given
            assertThat(versions(client)).containsExactly("");
            run(broker, "publish", "support", first.toString(), "--uri", uri("/first.zip"), "--sign", ours);
            awaitVersions(client, one);

            // When: candidates for all keys come that another key signed, that none did, and that are not what was
            // announced
            run(broker, candidate(second, "/second.zip", "1", "--sign", theirs));
            awaitRefused(client, 1, "support/candidate", "is none of the trusted ones");
            run(broker, candidate(second, "/second.zip", "1"));
            awaitRefused(client, 2, "support/candidate", "it is not signed");
            run(broker, candidate(second, "/first.zip", "1", "--sign", ours));
            awaitRefused(
                    client, 3, "support/candidate", "its archive has the digest " + one + ", announced was " + two);

            // Then
            assertThat(versions(client)).containsExactly(one);

            // When: one comes that can be used, for half of the keys
            run(broker, candidate(second, "/second.zip", "0.5", "--sign", ours));
            awaitVersions(client, one, two);
            assertThat(run(broker, "list"))
                    .contains("support  " + one + "  " + uri("/first.zip") + "  signed by ")
                    .contains("support/candidate  " + two + "  " + uri("/second.zip") + "  canary 0.5  signed by ");

            // Then: it is promoted, and taken away
            run(broker, "promote", "support");
            awaitVersions(client, two);
            assertThat(run(broker, "list")).contains("support  " + two).doesNotContain("candidate", one);
            run(broker, "remove", "support");
            awaitVersions(client, "");
            assertThat(run(broker, "list")).doesNotContain("support");
            assertThat(client.deadLetters).hasSize(3);
            assertThat(serve.isAlive()).isTrue();
        }
    }

    private CommandProcess serve(EmbeddedBroker broker) {
        return CommandProcess.serveSmall(
                broker.bootstrapServers(),
                LIMIT,
                Map.of(
                        "causal.streams.adapters.directory",
                        TestFiles.fresh("kept-").toString()),
                "-Djavax.net.ssl.trustStore=" + trustStore + " -Djavax.net.ssl.trustStorePassword="
                        + Certificates.PASSWORD,
                "--model",
                TestModels.tinyChatCheckpoint().toString(),
                "--adapters-topic",
                "adapters",
                "--adapters-keys",
                ours.substring(ours.indexOf(',') + 1));
    }

    private String[] candidate(Path adapter, String file, String share, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("publish", "support", adapter.toString(), "--uri", uri(file), "--canary", share));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static String run(EmbeddedBroker broker, String... arguments) {
        List<String> all = new ArrayList<>(List.of("adapters"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
        try (CommandProcess command = CommandProcess.start(all.toArray(String[]::new))) {
            assertThat(command.awaitExit(LIMIT)).as(command.output()).isZero();
            return command.output();
        }
    }

    /** Asks until exactly these versions answer, each of them some keys; empty = the model alone. */
    private void awaitVersions(OperatorClient client, String... digests) {
        for (int attempt = 0; attempt < 100; attempt++) {
            if (versions(client).equals(List.copyOf(new TreeSet<>(List.of(digests))))) {
                return;
            }
        }
        throw new AssertionError("not these versions answer: " + List.of(digests));
    }

    /** The versions that answer twelve keys. */
    private List<String> versions(OperatorClient client) {
        asked++;
        List<String> ids = IntStream.range(0, 12)
                .mapToObj(key -> "ask-" + asked + "-" + key)
                .toList();
        ids.forEach(id -> client.send(
                id.substring(id.lastIndexOf('-')),
                "{\"id\": \"%s\", \"adapter\": \"support\", \"prompt\": \"Hi\", \"max_tokens\": 2}".formatted(id)));
        client.readCompletions(ids, LIMIT);
        return List.copyOf(new TreeSet<>(ids.stream()
                .map(id -> client.completion(id).path("adapter_version").asText())
                .toList()));
    }

    private static void awaitRefused(OperatorClient client, int count, String key, String why) {
        client.readUntil("dead letter", LIMIT, () -> client.deadLetters.size() >= count);
        var letter = client.deadLetters.get(count - 1);
        assertThat(new String(letter.key(), StandardCharsets.UTF_8)).isEqualTo(key);
        assertThat(new String(
                        letter.headers().lastHeader("__streams.errors.message").value(), StandardCharsets.UTF_8))
                .contains(why);
    }

    /** Puts an adapter on the server; its version. */
    private String served(String path, Path adapter) throws Exception {
        byte[] archive = AdapterArchive.pack(adapter);
        files.put(path, archive);
        return AdapterArchive.digest(archive);
    }

    private String uri(String path) {
        return "https://localhost:" + server.getAddress().getPort() + path;
    }

    private static SSLContext tls(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, Certificates.PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, Certificates.PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /** The files of a new pair of keys, private and public, as {@code --sign} takes them. */
    private String keyFiles(String name) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path secret = pem(name + ".key", "PRIVATE KEY", pair.getPrivate().getEncoded());
        return secret + "," + pem(name + ".pub", "PUBLIC KEY", pair.getPublic().getEncoded());
    }

    private Path pem(String file, String type, byte[] der) throws Exception {
        String base64 = Base64.getMimeEncoder().encodeToString(der);
        return Files.writeString(
                directory.resolve(file), "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }

    private Path withAlpha(String alpha) throws Exception {
        Path copy = TestFiles.fresh("adapter-");
        Files.copy(ADAPTER.resolve("adapter_model.safetensors"), copy.resolve("adapter_model.safetensors"));
        String config = Files.readString(ADAPTER.resolve("adapter_config.json"));
        Files.writeString(
                copy.resolve("adapter_config.json"),
                config.replaceFirst("\"lora_alpha\": *(\\d+)", "\"lora_alpha\": " + alpha));
        return copy;
    }
}
