package io.causalstreams.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A registry that speaks the REST API of Confluent's: that one, Karapace, Redpanda's, and Apicurio Registry below
 * {@code /apis/ccompat/v7}. Reads only.
 *
 * <p>Of several addresses the next is tried when one does not answer as a registry: not at all, with another error than these, or not in
 * JSON. What a registry says for all of them is not asked again: that it has not got a schema (404 with an {@code error_code} of its
 * own), or that these credentials may not read it (401, 403).
 */
public final class ConfluentSchemaRegistry implements SchemaRegistry {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** The {@code error_code} of a subject or a version that is not there. */
    private static final Set<Integer> NO_SUBJECT = Set.of(40401, 40402);

    /** The {@code error_code} of a schema id that is not there. */
    private static final Set<Integer> NO_SCHEMA = Set.of(40403);

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final List<String> addresses;
    private final @Nullable String authorization;
    private final HttpClient http;

    private ConfluentSchemaRegistry(List<String> addresses, @Nullable String authorization, HttpClient http) {
        this.addresses = addresses.stream()
                .map(each -> each.endsWith("/") ? each.substring(0, each.length() - 1) : each)
                .toList();
        this.authorization = authorization;
        this.http = http;
    }

    /**
     * Without credentials.
     *
     * @param addresses for instance {@code http://localhost:8081}, several with commas between them
     */
    public static ConfluentSchemaRegistry at(String addresses) {
        return of(Map.of("schema.registry.url", addresses));
    }

    /**
     * By the properties that Confluent's serdes take: {@code schema.registry.url}, {@code basic.auth.credentials.source=USER_INFO}
     * with {@code basic.auth.user.info=USER:PASSWORD}, {@code bearer.auth.token}. Others are not looked at.
     */
    public static ConfluentSchemaRegistry of(Map<String, ?> properties) {
        return of(
                properties,
                HttpClient.newBuilder()
                        .connectTimeout(TIMEOUT)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build());
    }

    /** The same over a client of your own, for instance with its TLS context or proxy. */
    public static ConfluentSchemaRegistry of(Map<String, ?> properties, HttpClient http) {
        Object url = properties.get("schema.registry.url");
        if (url == null || url.toString().isBlank()) {
            throw new IllegalArgumentException("schema.registry.url is missing; say where the registry is");
        }
        List<String> addresses =
                Arrays.stream(url.toString().split(",", -1)).map(String::strip).toList();
        Object user = properties.get("basic.auth.user.info");
        Object token = properties.get("bearer.auth.token");
        String authorization = null;
        if (user != null) {
            authorization = "Basic "
                    + Base64.getEncoder().encodeToString(user.toString().getBytes(StandardCharsets.UTF_8));
        } else if (token != null) {
            authorization = "Bearer " + token;
        }
        return new ConfluentSchemaRegistry(addresses, authorization, http);
    }

    @Override
    public RegisteredSchema latest(String subject) {
        return schema(subject, "latest");
    }

    @Override
    public RegisteredSchema version(String subject, int version) {
        return schema(subject, version + "?deleted=true");
    }

    /**
     * A schema by its id, as the wire format names it.
     *
     * @return one whose subject is not known, in version 0
     * @throws SchemaRegistryException if there is none, or the registry does not answer
     */
    RegisteredSchema byId(int id) {
        return schema("id " + id, id, get("/schemas/ids/" + id, "schema id " + id, NO_SCHEMA));
    }

    private RegisteredSchema schema(String subject, String version) {
        String path = "/subjects/"
                + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20") + "/versions/" + version;
        JsonNode body = get(path, "subject " + subject, NO_SUBJECT);
        return schema(subject, body.path("id").asInt(), body);
    }

    private static RegisteredSchema schema(String subject, int id, JsonNode body) {
        List<RegisteredSchema.Reference> references = new ArrayList<>();
        for (JsonNode each : body.path("references")) {
            references.add(new RegisteredSchema.Reference(
                    each.path("name").asText(),
                    each.path("subject").asText(),
                    each.path("version").asInt()));
        }
        return new RegisteredSchema(
                subject,
                body.path("version").asInt(),
                id,
                type(body.path("schemaType").asText("AVRO"), subject),
                body.path("schema").asText(),
                references);
    }

    private static SchemaType type(String name, String subject) {
        try {
            return SchemaType.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new SchemaRegistryException(
                    "subject " + subject + " is of type " + name + "; AVRO, PROTOBUF and JSON are read");
        }
    }

    /** @param missing error codes by which the registry says that it has not got it; after any other it may have it later */
    private JsonNode get(String path, String what, Set<Integer> missing) {
        IOException last = null;
        for (String address : addresses) {
            try {
                return body(http.send(request(address + path), BodyHandlers.ofString()), address, what, missing);
            } catch (IOException e) {
                last = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw SchemaRegistryException.retriable(what + ": interrupted while the schema registry was asked", e);
            }
        }
        throw SchemaRegistryException.retriable(
                what + ": the schema registry at " + String.join(", ", addresses) + " does not answer: " + last, last);
    }

    private HttpRequest request(String address) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .timeout(TIMEOUT)
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request.build();
    }

    private static JsonNode body(HttpResponse<String> response, String address, String what, Set<Integer> missing)
            throws IOException {
        int status = response.statusCode();
        JsonNode body = json(response.body());
        if (status == 200 && body.path("schema").isTextual()) {
            return body;
        }
        String said = body.path("message").asText();
        String message = what + ": the schema registry at " + address + " answers " + status + ": " + said;
        if (status == 404 && missing.contains(body.path("error_code").asInt())) {
            throw new SchemaRegistryException(message);
        }
        if (status == 401 || status == 403) {
            throw SchemaRegistryException.retriable(message, null);
        }
        throw new IOException(
                "HTTP " + status + " and no schema from " + address + (said.isEmpty() ? "" : ": " + said));
    }

    /** Missing if it is none. */
    private static JsonNode json(String body) {
        try {
            return MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return MAPPER.missingNode();
        }
    }
}
