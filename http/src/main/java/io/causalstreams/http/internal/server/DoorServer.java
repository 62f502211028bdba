package io.causalstreams.http.internal.server;

import io.causalstreams.http.HttpDoorException;
import io.causalstreams.http.HttpDoorSettings;
import io.causalstreams.http.Models;
import io.causalstreams.http.internal.access.Access;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.answer.StreamedAnswer;
import io.causalstreams.http.internal.api.Answers;
import io.causalstreams.http.internal.api.Reply;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
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
    public static DoorServer start(HttpDoorSettings settings, Models models, Access access, Answers answers) {
        Routes routes = new Routes(models, access, answers, settings.maxBodyBytes());
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
                .doOnChannelInit((observer, channel, address) -> count(channel, connections, settings.maxConnections()))
                .handle((request, response) -> handle(routes, request, response));
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

    private static void count(Channel channel, AtomicInteger connections, int most) {
        if (connections.incrementAndGet() > most) {
            var unused = channel.close();
        }
        var unused = channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    }

    private static Publisher<Void> handle(Routes routes, HttpServerRequest request, HttpServerResponse response) {
        Exchange exchange = new Exchange(request);
        return routes.reply(exchange)
                .flatMap(reply -> reply instanceof Reply.Streamed streamed
                        ? stream(streamed, response)
                        : whole(200, ((Reply.Whole) reply).json(), response))
                .onErrorResume(failure -> refuse(failure, response))
                .takeUntilOther(exchange.gone())
                .doOnDiscard(Reply.Streamed.class, unsent -> unsent.leave().run());
    }

    private static Mono<Void> whole(int status, byte[] json, HttpServerResponse response) {
        return response.status(status)
                .header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(json.length))
                .sendObject(Unpooled.wrappedBuffer(json))
                .then();
    }

    /** The first thing there is to tell decides the status; a client that waits for it for long is told that it waits. */
    private static Mono<Void> stream(Reply.Streamed reply, HttpServerResponse response) {
        StreamedAnswer answer = reply.answer();
        Disposable waiting = Flux.interval(WAITING).subscribe(tick -> answer.waiting());
        return answer.begun().then(Mono.defer(() -> events(answer, response))).doFinally(end -> {
            waiting.dispose();
            reply.leave().run();
        });
    }

    private static Mono<Void> events(StreamedAnswer answer, HttpServerResponse response) {
        return response.status(200)
                .header(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .header("X-Accel-Buffering", "no")
                .send(answer.events().map(Unpooled::wrappedBuffer), buffer -> true)
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
