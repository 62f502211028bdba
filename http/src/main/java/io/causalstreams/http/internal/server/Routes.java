package io.causalstreams.http.internal.server;

import io.causalstreams.http.Models;
import io.causalstreams.http.internal.access.Access;
import io.causalstreams.http.internal.access.Caller;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.api.Answers;
import io.causalstreams.http.internal.api.ApiRequest;
import io.causalstreams.http.internal.api.Embeddings;
import io.causalstreams.http.internal.api.Generations;
import io.causalstreams.http.internal.api.ModelPages;
import io.causalstreams.http.internal.api.Reply;
import io.causalstreams.http.internal.api.Reranking;
import io.causalstreams.http.internal.console.Console;
import io.causalstreams.http.internal.telemetry.DoorMeters;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Which endpoint answers what, and who may ask it. */
public final class Routes {
    private static final String MODEL = "/v1/models/";
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final String CONSOLE = "/console";
    private static final String CONSOLE_LIVE = CONSOLE + "/api/live";
    private static final Pattern LETTER = Pattern.compile(CONSOLE + "/api/dead-letters/(\\d{1,9})/(\\d{1,18})/send");
    private static final List<String> OTHERS = List.of("/health", "/tokenize", "/v1/models");
    /** localhost or an address, with a port or without. */
    private static final Pattern OWN_HOST =
            Pattern.compile("(?i)(localhost|\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+])(:\\d{1,5})?");

    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");

    private final Models models;
    private final ModelPages pages;
    private final Access access;
    private final Answers answers;
    private final @Nullable Console console;
    private final DoorMeters meters;
    private final int maxBodyBytes;

    /** Those that take a body. */
    private final Map<String, Endpoint> endpoints = Map.of(
            "/v1/chat/completions", Generations.CHAT::ask,
            "/v1/completions", Generations.TEXT::ask,
            "/v1/embeddings", Embeddings::ask,
            "/v1/rerank", Reranking::ask);

    /** Answers a request over the topics. */
    private interface Endpoint {
        Mono<Reply> ask(Answers answers, ApiRequest request, LongConsumer used);
    }

    /** @param console null = there is none */
    public Routes(
            Models models,
            Access access,
            Answers answers,
            @Nullable Console console,
            DoorMeters meters,
            int maxBodyBytes) {
        this.models = models;
        this.pages = new ModelPages(models);
        this.access = access;
        this.answers = answers;
        this.console = console;
        this.meters = meters;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** What to reply, or an {@link ApiException}. */
    Mono<Reply> reply(Exchange exchange) {
        return Mono.defer(() -> {
            String path = exchange.path();
            if (path.equals("/health")) {
                return require(exchange, "GET").then(health());
            }
            if (console != null && isConsole(path)) {
                return console(console, exchange, path);
            }
            Caller caller = caller(exchange);
            if (path.equals("/v1/models") || path.startsWith(MODEL)) {
                return require(exchange, "GET")
                        .then(Mono.fromCallable(() ->
                                path.startsWith(MODEL) ? pages.one(path.substring(MODEL.length())) : pages.list()));
            }
            Endpoint endpoint = endpoints.get(path);
            if (endpoint != null) {
                return overTopics(exchange, caller, endpoint);
            }
            if (path.equals("/tokenize")) {
                return require(exchange, "POST")
                        .then(placed(
                                caller,
                                false,
                                place -> request(exchange, caller).flatMap(pages::tokenize)));
            }
            throw ApiException.invalid(
                    404,
                    "unknown_url",
                    "there is no " + path + " here; there are "
                            + String.join(
                                    ", ", endpoints.keySet().stream().sorted().toList())
                            + ", /v1/models, /tokenize and /health");
        });
    }

    private static boolean isConsole(String path) {
        return path.equals(CONSOLE) || path.startsWith(CONSOLE + "/");
    }

    /** Its files are for anybody, what it shows for who may see everybody's requests. */
    private Mono<Reply> console(Console shown, Exchange exchange, String path) {
        Reply file = shown.file(path.substring(CONSOLE.length()).replaceFirst("^/", ""));
        if (file != null) {
            return require(exchange, "GET").thenReturn(file);
        }
        Caller caller = caller(exchange);
        if (!caller.mayUseConsole()) {
            throw ApiException.invalid(
                    403, "no_console", "this key may not see everybody's requests; its line needs the word console");
        }
        if (caller.name() == null) {
            requireOwnHost(exchange);
        }
        if (path.equals(CONSOLE_LIVE)) {
            return require(exchange, "GET").then(shown.live());
        }
        Matcher letter = LETTER.matcher(path);
        if (letter.matches()) {
            return require(exchange, "POST")
                    .then(shown.sendAgain(Integer.parseInt(letter.group(1)), Long.parseLong(letter.group(2))));
        }
        throw ApiException.invalid(404, "unknown_url", "there is no " + path + " here; there is " + CONSOLE);
    }

    /** A page of another site may have its own name lead to this machine, and would be of the same origin then. */
    private static void requireOwnHost(Exchange exchange) {
        String host = exchange.header(HttpHeaderNames.HOST);
        if (host == null || !OWN_HOST.matcher(host).matches()) {
            throw ApiException.invalid(
                    403, "forbidden_host", "without keys the console is asked by an address or as localhost");
        }
    }

    /** Which endpoint it is of, as meters name it. */
    String nameOf(Exchange exchange) {
        try {
            String path = exchange.path();
            return endpoints.containsKey(path) || OTHERS.contains(path)
                    ? path
                    : path.startsWith(MODEL) ? "/v1/models" : isConsole(path) ? CONSOLE : "other";
        } catch (ApiException e) {
            return "other";
        }
    }

    private Mono<Reply> overTopics(Exchange exchange, Caller caller, Endpoint endpoint) {
        String lastEventId = exchange.header(LAST_EVENT_ID);
        if (lastEventId != null) {
            meters.resumed();
        }
        if (lastEventId != null && exchange.method().equals("GET")) {
            return placed(caller, true, place -> Generations.resume(answers, caller, lastEventId, null));
        }
        return require(exchange, "POST")
                .then(placed(
                        caller,
                        lastEventId != null,
                        place -> request(exchange, caller).flatMap(request -> {
                            if (lastEventId != null) {
                                return Generations.resume(answers, caller, lastEventId, request.body());
                            }
                            if (!models.isReady()) {
                                return Mono.error(
                                        ApiException.unavailable("models are being loaded; send it again in a moment"));
                            }
                            return endpoint.ask(answers, request, place::used);
                        })));
    }

    /** Has a place while it is answered; of a stream until that has ended. */
    private Mono<Reply> placed(Caller caller, boolean resumes, Function<Access.Place, Mono<Reply>> work) {
        return Mono.defer(() -> {
            Access.Place place = access.enter(caller, resumes);
            return Mono.defer(() -> work.apply(place))
                    .doOnCancel(place::leave)
                    .doOnError(failure -> place.leave())
                    .map(reply -> {
                        if (reply instanceof Reply.Streamed streamed) {
                            return streamed.andThen(() -> {
                                place.used(streamed.answer().tokensUsed());
                                place.leave();
                            });
                        }
                        place.leave();
                        return reply;
                    });
        });
    }

    private Mono<ApiRequest> request(Exchange exchange, Caller caller) {
        String type = exchange.header(HttpHeaderNames.CONTENT_TYPE);
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            return Mono.error(
                    ApiException.invalid(415, "unsupported_media_type", "send Content-Type: application/json"));
        }
        return exchange.body(maxBodyBytes)
                .map(body -> ApiRequest.of(caller, body, exchange.header(IDEMPOTENCY_KEY), exchange.traceHeaders()));
    }

    /** Without keys a page of another site, open in a browser on this machine, could ask in its user's name. */
    private Caller caller(Exchange exchange) {
        Caller caller = access.caller(exchange.header(HttpHeaderNames.AUTHORIZATION));
        String origin = exchange.header(HttpHeaderNames.ORIGIN);
        if (caller.name() == null && origin != null && !isLoopback(origin)) {
            throw ApiException.invalid(403, "forbidden_origin", "pages of other sites may not ask here without a key");
        }
        return caller;
    }

    private static boolean isLoopback(String origin) {
        try {
            @Nullable String host = URI.create(origin).getHost();
            return host != null && LOOPBACK.contains(host.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Mono<Reply> health() {
        return models.isReady()
                ? Mono.just(new Reply.Whole("{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8)))
                : Mono.error(ApiException.unavailable("models are being loaded, or the process ends"));
    }

    private static Mono<Void> require(Exchange exchange, String... methods) {
        return List.of(methods).contains(exchange.method())
                ? Mono.empty()
                : Mono.error(ApiException.invalid(
                        405, "method_not_allowed", exchange.path() + " answers " + String.join(", ", methods)));
    }
}
