package io.causalstreams.export.hub;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A hub with one repository, {@code owner/tiny}, and a second server on another port that large files are redirected to, as
 * huggingface.co does. Both misbehave as configured.
 */
final class FakeHub implements AutoCloseable {

    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String API = "/api/models/owner/tiny/revision/";
    private static final String RESOLVE = "/owner/tiny/resolve/" + COMMIT + "/";

    /** One request as it arrived. */
    record Request(String server, String method, String path, String range, String authorization) {}

    private final HttpServer hub;
    private final HttpServer storage;
    private final Map<String, ByteBuffer> files = new TreeMap<>();
    private final Map<String, String> falseEtags = new ConcurrentHashMap<>();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile int dropAfterBytes = Integer.MAX_VALUE;
    private volatile boolean ignoresRanges;
    private volatile boolean stalls;
    private final AtomicInteger failuresLeft = new AtomicInteger();
    private volatile int refusal;

    FakeHub() throws IOException {
        hub = start("hub");
        storage = start("storage");
    }

    private HttpServer start(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(name, exchange));
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        return server;
    }

    URI endpoint() {
        return address(hub);
    }

    private static URI address(HttpServer server) {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    FakeHub file(String name, byte[] content) {
        files.put(name, ByteBuffer.wrap(content.clone()));
        return this;
    }

    FakeHub file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends every connection after this many bytes of a body. */
    FakeHub dropConnectionsAfter(int bytes) {
        dropAfterBytes = bytes;
        return this;
    }

    FakeHub ignoreRanges() {
        ignoresRanges = true;
        return this;
    }

    /** Sends half of the first body and then nothing. */
    FakeHub stallOnce() {
        stalls = true;
        return this;
    }

    FakeHub lieAboutEtagOf(String name, String etag) {
        falseEtags.put(name, etag);
        return this;
    }

    /** Answers the next requests with 503. */
    FakeHub failTimes(int count) {
        failuresLeft.set(count);
        return this;
    }

    FakeHub refuseWith(int status) {
        refusal = status;
        return this;
    }

    /** All requests so far. */
    List<Request> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    private void answer(String server, HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getRequestHeaders();
            String path = exchange.getRequestURI().getPath();
            requests.add(new Request(
                    server,
                    exchange.getRequestMethod(),
                    path,
                    String.valueOf(headers.getFirst("Range")),
                    String.valueOf(headers.getFirst("Authorization"))));
            if (failuresLeft.getAndDecrement() > 0) {
                exchange.sendResponseHeaders(503, -1);
            } else if (refusal != 0) {
                exchange.sendResponseHeaders(refusal, -1);
            } else if (path.startsWith(API)) {
                sendListing(exchange);
            } else if (path.startsWith(RESOLVE) && files.containsKey(path.substring(RESOLVE.length()))) {
                sendFile(server, exchange, path.substring(RESOLVE.length()));
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void sendListing(HttpExchange exchange) throws IOException {
        String siblings = files.keySet().stream()
                .map(name -> "{\"rfilename\":\"" + name + "\"}")
                .collect(Collectors.joining(","));
        byte[] body = ("{\"id\":\"owner/tiny\",\"sha\":\"" + COMMIT + "\",\"siblings\":[" + siblings + "]}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Weights are large: the hub describes them in its own headers and redirects to the storage. */
    private void sendFile(String server, HttpExchange exchange, String name) throws IOException {
        byte[] content = content(name);
        boolean large = name.endsWith(".safetensors") || name.endsWith(".gguf");
        Headers headers = exchange.getResponseHeaders();
        if (large && server.equals("hub")) {
            headers.set("X-Linked-Etag", '"' + falseEtags.getOrDefault(name, hex("SHA-256", content)) + '"');
            headers.set("X-Linked-Size", Integer.toString(content.length));
            headers.set("Location", address(storage) + exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(302, -1);
            return;
        }
        byte[] header = ("blob " + content.length + '\0').getBytes(StandardCharsets.UTF_8);
        headers.set("ETag", "W/\"" + falseEtags.getOrDefault(name, hex("SHA-1", header, content)) + '"');
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(content.length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        int from = 0;
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range != null && !ignoresRanges) {
            from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            headers.set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
        sendBody(exchange.getResponseBody(), Arrays.copyOfRange(content, from, content.length));
    }

    private void sendBody(OutputStream out, byte[] body) throws IOException {
        if (stalls) {
            stalls = false;
            out.write(body, 0, body.length / 2);
            out.flush();
            sleep(3000);
            throw new IOException("stalled");
        }
        out.write(body, 0, Math.min(body.length, dropAfterBytes));
        out.flush();
        if (body.length > dropAfterBytes) {
            throw new IOException("dropped");
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] content(String name) {
        ByteBuffer buffer = files.getOrDefault(name, ByteBuffer.allocate(0)).duplicate();
        byte[] content = new byte[buffer.remaining()];
        buffer.get(content);
        return content;
    }

    private static String hex(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        hub.stop(0);
        storage.stop(0);
    }
}
