package io.causalstreams.export.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Requests to the hub and to where it sends us.
 *
 * <p>Redirects are followed by hand: the token goes to the endpoint's host and to no other, and never from https to http.
 * Thread-safe.
 */
final class HubHttp {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MAX_REDIRECTS = 8;

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private final HubSettings settings;

    HubHttp(HubSettings settings) {
        this.settings = settings;
    }

    URI uri(String path) {
        return URI.create(settings.endpoint() + path);
    }

    HttpResponse<String> getText(URI uri) throws IOException, InterruptedException {
        return send("GET", uri, 0, BodyHandlers.ofString(), true);
    }

    /** The headers the hub itself answers with: the content behind a redirect to other hosts has headers of its own. */
    HttpResponse<Void> head(URI uri) throws IOException, InterruptedException {
        return send("HEAD", uri, 0, BodyHandlers.discarding(), false);
    }

    /** The content from byte {@code from} on, if the server can. */
    HttpResponse<InputStream> get(URI uri, long from) throws IOException, InterruptedException {
        return send("GET", uri, from, BodyHandlers.ofInputStream(), true);
    }

    private <T> HttpResponse<T> send(String method, URI first, long from, BodyHandler<T> handler, boolean leaveHost)
            throws IOException, InterruptedException {
        URI uri = first;
        for (int hop = 0; hop < MAX_REDIRECTS; hop++) {
            HttpResponse<T> response = send(request(method, uri, from), handler);
            Optional<String> location = response.headers().firstValue("Location");
            if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
                return response;
            }
            URI next = resolve(uri, location.get());
            boolean describesFile =
                    response.headers().firstValue("X-Linked-Etag").isPresent();
            if (!leaveHost && (describesFile || !isEndpoint(next))) {
                return response;
            }
            if (response.body() instanceof InputStream body) {
                body.close();
            }
            uri = next;
        }
        throw new IOException("more than " + MAX_REDIRECTS + " redirects");
    }

    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        try {
            return client.send(request, handler);
        } catch (ConnectException e) {
            // The JDK's exception has no message.
            throw new IOException("cannot connect to " + request.uri().getAuthority(), e);
        }
    }

    private HttpRequest request(String method, URI uri, long from) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(settings.stallTimeout())
                .header("User-Agent", "causal-streams")
                // Sizes and ranges are of the content itself.
                .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (isEndpoint(uri)) {
            settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        return request.build();
    }

    private static URI resolve(URI from, String location) throws IOException {
        try {
            URI next = from.resolve(location);
            boolean downgrade = "https".equals(from.getScheme()) && !"https".equals(next.getScheme());
            if (next.getHost() == null || downgrade || !Set.of("http", "https").contains(next.getScheme())) {
                throw new IOException("redirect to " + location);
            }
            return next;
        } catch (IllegalArgumentException e) {
            throw new IOException("redirect to " + location, e);
        }
    }

    private boolean isEndpoint(URI uri) {
        URI endpoint = settings.endpoint();
        return uri.getScheme().equals(endpoint.getScheme())
                && uri.getHost().equalsIgnoreCase(endpoint.getHost())
                && uri.getPort() == endpoint.getPort();
    }
}
