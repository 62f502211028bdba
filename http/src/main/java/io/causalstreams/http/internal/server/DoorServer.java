package io.causalstreams.http.internal.server;

import io.causalstreams.http.HttpDoorException;
import io.causalstreams.http.HttpDoorSettings;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.answer.StreamedAnswer;
import io.causalstreams.http.internal.api.Reply;
import io.causalstreams.http.internal.telemetry.DoorMeters;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * HTTP/1.1, bounded in every way a client could take more than its part.
 *
 * <p>Threading: two event loops; nothing here blocks.
 */
public final class DoorServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DoorServer.class);
    private static final int LOOPS = 2;
    private static final int MAX_LINE_BYTES = 8 * 1024;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final Duration HEADER_TIME = Duration.ofSeconds(60);
    private static final Duration IDLE = Duration.ofSeconds(75);
    /** After this time a client that waits is told so, and from then on again and again. */
    private static final Duration WAITING = Duration.ofSeconds(10);

    /** Begins the line of an event that says only that there is none. */
    private static final byte COMMENT = ':';

    /** As nginx has it: the client left before there was anything to tell. */
    private static final int LEFT = 499;

    private static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";

    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final LoopResources loops;
    private final DisposableServer server;

    private DoorServer(LoopResources loops, DisposableServer server) {
        this.loops = loops;
        this.server = server;
    }

    /**
     * Listens when it returns.
     *
     * @throws HttpDoorException if it cannot
     */
    public static DoorServer start(HttpDoorSettings settings, Routes routes, DoorMeters meters) {
        LoopResources loops = LoopResources.create("http-door", 1, LOOPS, true, false);
        AtomicInteger connections = new AtomicInteger();
        HttpServer http = HttpServer.create()
                .host(settings.host())
                .port(settings.port())
                .runOn(loops, false)
                .protocol(HttpProtocol.HTTP11)
                .httpRequestDecoder(
                        decoder -> decoder.maxInitialLineLength(MAX_LINE_BYTES).maxHeaderSize(MAX_HEADER_BYTES))
                .idleTimeout(IDLE)
                .requestTimeout(HEADER_TIME)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .doOnChannelInit(
                        (observer, channel, address) -> count(channel, connections, settings.maxConnections(), meters))
                .handle((request, response) -> handle(routes, meters, request, response));
        HttpServer secured = settings.tls() == null ? http : secured(http, settings.tls());
        try {
            return new DoorServer(loops, secured.bindNow());
        } catch (RuntimeException e) {
            loops.dispose();
            throw new HttpDoorException(
                    "the HTTP door cannot listen on " + settings.host() + ":" + settings.port() + " ("
                            + (e.getCause() == null ? e : e.getCause())
                            + "); choose another --http-port or --http-host",
                    e);
        }
    }

    private static HttpServer secured(HttpServer http, HttpDoorSettings.Tls tls) {
        try {
            SslContext context = SslContextBuilder.forServer(
                            tls.certificates().toFile(), tls.privateKey().toFile())
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
            return http.secure(spec -> spec.sslContext(context));
        } catch (SSLException | IllegalArgumentException e) {
            throw new HttpDoorException(
                    "--http-certificate " + tls.certificates() + " and --http-private-key " + tls.privateKey()
                            + " are no PEM files of a certificate and its PKCS#8 key: " + e.getMessage(),
                    e);
        }
    }

    public int port() {
        return server.port();
    }

    private static void count(Channel channel, AtomicInteger connections, int most, DoorMeters meters) {
        if (connections.incrementAndGet() > most) {
            meters.rejected(DoorMeters.Limit.CONNECTIONS);
            var unused = channel.close();
        }
        var unused = channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    }

    private static Publisher<Void> handle(
            Routes routes, DoorMeters meters, HttpServerRequest request, HttpServerResponse response) {
        Exchange exchange = new Exchange(request);
        return routes.reply(exchange)
                .flatMap(reply -> send(reply, meters, response))
                .onErrorResume(failure -> refuse(failure, response))
                .doFinally(end -> meters.answered(
                        routes.nameOf(exchange),
                        response.hasSentHeaders() ? response.status().code() : LEFT))
                .takeUntilOther(exchange.gone())
                .doOnDiscard(Reply.Streamed.class, unsent -> unsent.leave().run());
    }

    private static Mono<Void> send(Reply reply, DoorMeters meters, HttpServerResponse response) {
        if (reply instanceof Reply.Whole whole) {
            return whole(200, whole.json(), response);
        }
        if (reply instanceof Reply.Streamed streamed) {
            return stream(streamed, meters, response);
        }
        return reply instanceof Reply.Events events
                ? events(events.events(), response)
                : page((Reply.Page) reply, response);
    }

    /** Nothing but files of this server runs or shows in the page, whatever a prompt holds. */
    private static Mono<Void> page(Reply.Page page, HttpServerResponse response) {
        response.header("Content-Security-Policy", PAGE_POLICY)
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("X-Frame-Options", "DENY");
        return whole(200, page.contentType(), page.body(), response);
    }

    private static Mono<Void> whole(int status, byte[] json, HttpServerResponse response) {
        return whole(status, "application/json", json, response);
    }

    private static Mono<Void> whole(int status, String type, byte[] body, HttpServerResponse response) {
        return response.status(status)
                .header(HttpHeaderNames.CONTENT_TYPE, type)
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length))
                .sendObject(Unpooled.wrappedBuffer(body))
                .then();
    }

    /** The first thing there is to tell decides the status; a client that waits for it for long is told that it waits. */
    private static Mono<Void> stream(Reply.Streamed reply, DoorMeters meters, HttpServerResponse response) {
        StreamedAnswer answer = reply.answer();
        long start = System.nanoTime();
        AtomicBoolean told = new AtomicBoolean();
        Flux<byte[]> events = answer.events().doOnNext(event -> {
            if (event[0] != COMMENT && told.compareAndSet(false, true)) {
                meters.firstEvent(System.nanoTime() - start);
            }
        });
        meters.streamBegins();
        Disposable waiting = Flux.interval(WAITING).subscribe(tick -> answer.waiting());
        return answer.begun().then(Mono.defer(() -> events(events, response))).doFinally(end -> {
            waiting.dispose();
            meters.streamEnds();
            reply.leave().run();
        });
    }

    private static Mono<Void> events(Flux<byte[]> events, HttpServerResponse response) {
        return response.status(200)
                .header(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .header("X-Accel-Buffering", "no")
                .send(events.map(Unpooled::wrappedBuffer), buffer -> true)
                .then();
    }

    private static Mono<Void> refuse(Throwable failure, HttpServerResponse response) {
        if (AbortedException.isConnectionReset(failure) || response.hasSentHeaders()) {
            return Mono.error(failure); // there is nobody to tell, or it is too late: the line is cut
        }
        ApiException refusal;
        if (failure instanceof ApiException known) {
            refusal = known;
        } else {
            LOG.error("a request failed", failure);
            refusal = ApiException.failed("the server failed on the request");
        }
        if (refusal.retryAfterSeconds() > 0) {
            response.header(HttpHeaderNames.RETRY_AFTER, Integer.toString(refusal.retryAfterSeconds()));
        }
        if (refusal.status() == 401) {
            response.header(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (refusal.status() == 413 || refusal.status() == 408) {
            response.keepAlive(false); // what is left of the body is not read
        }
        return whole(refusal.status(), refusal.body(), response);
    }

    /** Cuts what is still streamed. */
    @Override
    public void close() {
        server.disposeNow(CLOSE);
        loops.disposeLater(Duration.ZERO, CLOSE).block();
    }
}
