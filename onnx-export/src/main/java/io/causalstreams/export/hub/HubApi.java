package io.causalstreams.export.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the hub knows about a repository: {@code /api/models/...} and the headers of {@code /.../resolve/...}. */
final class HubApi {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Sends one request. */
    private interface Call<T> {
        HttpResponse<T> send() throws IOException, InterruptedException;
    }

    /**
     * A revision.
     *
     * @param commit 40 hex digits
     * @param files paths inside the repository
     */
    record Revision(String commit, List<String> files) {}

    private final HubHttp http;
    private final HubSettings settings;

    HubApi(HubHttp http, HubSettings settings) {
        this.http = http;
        this.settings = settings;
    }

    /** Resolves a branch, tag or commit, and lists its files. */
    Revision revision(Repository repository) throws InterruptedException {
        URI uri = http.uri("/api/models/" + repository.id() + "/revision/" + encoded(repository.revision()));
        JsonNode answer = parse(repository, retried(repository, repository.toString(), () -> http.getText(uri)));
        String commit = answer.path("sha").asText();
        if (!commit.matches("[0-9a-f]{40}")) {
            throw new HubException(repository + ": the hub's answer names no commit; is HF_ENDPOINT a hub?");
        }
        List<String> files = new ArrayList<>();
        for (JsonNode sibling : answer.path("siblings")) {
            String name = sibling.path("rfilename").asText();
            Repository.requireSafe(repository.toString(), name);
            files.add(name);
        }
        return new Revision(commit, files);
    }

    /** Size and ETag of one file. */
    RemoteFile file(Repository repository, String commit, String name) throws InterruptedException {
        URI uri = content(repository, commit, name);
        HttpResponse<?> response = retried(repository, repository + "/" + name, () -> http.head(uri));
        Optional<String> etag = header(response, "X-Linked-Etag").or(() -> header(response, "ETag"));
        Optional<String> size = header(response, "X-Linked-Size").or(() -> header(response, "Content-Length"));
        if (etag.isEmpty() || size.filter(value -> value.matches("\\d{1,18}")).isEmpty()) {
            throw new HubException(repository + "/" + name + ": the hub gives no ETag and size; is HF_ENDPOINT a hub?");
        }
        return new RemoteFile(name, Long.parseLong(size.get()), RemoteFile.unquoted(etag.get()));
    }

    URI content(Repository repository, String commit, String name) {
        return http.uri("/" + repository.id() + "/resolve/" + commit + "/"
                + Arrays.stream(name.split("/")).map(HubApi::encoded).collect(Collectors.joining("/")));
    }

    private <T> HttpResponse<T> retried(Repository repository, String what, Call<T> call) throws InterruptedException {
        Retries retries = new Retries(settings.firstDelay());
        while (true) {
            Optional<HttpResponse<?>> answer = Optional.empty();
            try {
                HttpResponse<T> response = call.send();
                if (response.statusCode() < 400) {
                    return response;
                }
                answer = Optional.of(response);
                throw refusal(repository, what, response.statusCode());
            } catch (IOException e) {
                retries.failed(what, e, answer);
            }
        }
    }

    private IOException refusal(Repository repository, String what, int status) {
        if (Retries.worthRetrying(status)) {
            return new IOException("HTTP status " + status);
        }
        String next = switch (status) {
            case 401, 403 ->
                settings.token().isPresent()
                        ? "is private or gated for this HF_TOKEN, or does not exist; ask for access on the hub"
                        : "is private or gated, or does not exist; set HF_TOKEN or check the name";
            case 404 -> "does not exist on " + settings.endpoint().getHost() + "; check the name and revision";
            default -> "cannot be read, HTTP status " + status + "; check HF_ENDPOINT";
        };
        throw new HubException((what.isEmpty() ? repository.toString() : what) + " " + next);
    }

    private static JsonNode parse(Repository repository, HttpResponse<String> response) {
        try {
            return MAPPER.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new HubException(repository + ": the hub's answer is not JSON; is HF_ENDPOINT a hub?", e);
        }
    }

    private static Optional<String> header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
