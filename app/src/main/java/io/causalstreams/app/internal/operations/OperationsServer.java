package io.causalstreams.app.internal.operations;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.operations.OperationsPages.Page;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves {@link OperationsPages}: GET and HEAD without a body, request line and headers of at most 8 KiB, a few threads.
 *
 * <p>Jetty's core alone: the JDK's server does not bound a request line, Javalin adds servlets, web sockets and Kotlin.
 */
public final class OperationsServer implements AutoCloseable {
    private static final int MAX_HEADER_BYTES = 8 * 1024;
    private static final int IDLE_MILLIS = 10_000;
    private static final int MAX_THREADS = 8;

    private final Server server;
    private final ServerConnector connector;

    private OperationsServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Listens when it returns.
     *
     * @param host address or name to bind to
     * @param port 0 = any free one
     * @throws AppException if it cannot be bound
     */
    public static OperationsServer start(String host, int port, OperationsPages pages) {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1, IDLE_MILLIS);
        threads.setName("operations-http");
        threads.setDaemon(true);
        Server server = new Server(threads);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.setHandler(new PagesHandler(pages));
        try {
            server.start();
        } catch (Exception e) {
            throw new AppException(
                    "the metrics endpoint cannot listen on " + host + ":" + port + " (" + ErrorLine.of(e)
                            + "); choose another --metrics-port or --metrics-host",
                    e);
        }
        return new OperationsServer(server, connector);
    }

    private static HttpConfiguration configuration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        http.setSendServerVersion(false);
        http.setHttpCompliance(HttpCompliance.RFC9110);
        // an id may hold an encoded slash or per cent sign; there are no files behind these paths
        http.setUriCompliance(UriCompliance.DEFAULT.with(
                "IDS",
                UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING));
        return http;
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new AppException("the metrics endpoint did not stop: " + ErrorLine.of(e), e);
        }
    }

    private static final class PagesHandler extends Handler.Abstract {
        private final OperationsPages pages;

        PagesHandler(OperationsPages pages) {
            this.pages = pages;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Page page = page(request, response);
            response.setStatus(page.code());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, page.contentType());
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            Content.Sink.write(response, true, page.body(), callback);
            return true;
        }

        private Page page(Request request, Response response) {
            String method = request.getMethod();
            if (!HttpMethod.GET.is(method) && !HttpMethod.HEAD.is(method)) {
                response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
                return pages.error(405, "only GET and HEAD");
            }
            if (request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
                return pages.error(413, "a request has no body here");
            }
            try {
                return pages.at(URIUtil.decodePath(request.getHttpURI().getPath()));
            } catch (IllegalArgumentException e) {
                return pages.error(400, "the path is not percent-encoded UTF-8");
            }
        }
    }
}
