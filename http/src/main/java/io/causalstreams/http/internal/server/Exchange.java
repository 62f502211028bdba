package io.causalstreams.http.internal.server;

import io.causalstreams.http.internal.answer.ApiException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.HttpServerRequest;

/** A request as the endpoints see it. */
final class Exchange {
    private static final Duration BODY_TIME = Duration.ofSeconds(30);
    private static final List<String> TRACE = List.of("traceparent", "tracestate", "baggage");

    private final HttpServerRequest request;
    private final Sinks.Empty<Void> gone = Sinks.empty();

    Exchange(HttpServerRequest request) {
        this.request = request;
        request.withConnection(connection -> connection.onDispose(() -> {
            var unused = gone.tryEmitEmpty();
        }));
    }

    /** Completes when the exchange is over, be it that it was answered or that the client is gone. */
    Mono<Void> gone() {
        return gone.asMono();
    }

    String method() {
        return request.method().name();
    }

    /** Decoded, without a query. */
    String path() {
        try {
            return new QueryStringDecoder(request.uri()).path();
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(400, "invalid_url", "the path is not percent-encoded UTF-8");
        }
    }

    @Nullable
    String header(CharSequence name) {
        return request.requestHeaders().get(name);
    }

    /** The context of a trace, which goes on in the prompt's. */
    Map<String, String> traceHeaders() {
        HttpHeaders headers = request.requestHeaders();
        Map<String, String> trace = new LinkedHashMap<>();
        TRACE.forEach(name -> {
            String value = headers.get(name);
            if (value != null) {
                trace.put(name, value);
            }
        });
        return trace;
    }

    /**
     * The whole body.
     *
     * @return an {@link ApiException} if it is larger than {@code most} bytes or does not come in time
     */
    Mono<byte[]> body(int most) {
        String length = header(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null && (length.length() > 10 || Long.parseLong(length) > most)) {
            return Mono.error(tooLarge(most));
        }
        return request.receive()
                .asByteArray()
                .collect(ByteArrayOutputStream::new, (body, part) -> {
                    if (body.size() + part.length > most) {
                        throw tooLarge(most);
                    }
                    body.writeBytes(part);
                })
                .map(ByteArrayOutputStream::toByteArray)
                .timeout(BODY_TIME)
                .onErrorMap(
                        TimeoutException.class,
                        late -> ApiException.invalid(408, "timeout", "the body did not come within 30 s"));
    }

    private static ApiException tooLarge(int most) {
        return ApiException.invalid(413, "too_large", "a body has at most " + most + " bytes here");
    }
}
