package io.causalstreams.app.internal.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.operations.EngineModels;
import io.causalstreams.http.HttpDoor;
import io.causalstreams.http.HttpDoorSettings;
import io.causalstreams.inference.GenerationEngine;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The way through the HTTP door, streamed, and on through {@link KafkaTarget}'s topics.
 *
 * <p>Threading: {@link #start} by any thread.
 */
final class HttpTarget implements InFlight.Target, AutoCloseable {
    private final Workload workload;
    private final HttpDoor door;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ObjectMapper json = new ObjectMapper();

    HttpTarget(BenchTopology topology, GenerationEngine engine, Workload workload) {
        this.workload = workload;
        this.door = HttpDoor.open(
                HttpDoorSettings.onLoopback(0),
                topology.doorTopics(),
                topology.connection(),
                new EngineModels(engine, () -> true));
    }

    @Override
    public void start(long number, InFlight.OnEnd onEnd) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body(number)))
                .build();
        var unused = client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .whenComplete((answer, failure) -> onEnd.ended(
                        failure != null
                                ? failure
                                : answer.body().endsWith("data: [DONE]\n\n") ? null : new AppException(answer.body())));
    }

    private byte[] body(long number) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("prompt", workload.prompt(number));
        body.put("max_tokens", workload.completionTokens());
        body.put("ignore_eos", true);
        body.put("temperature", 0);
        body.put("stream", true);
        try {
            return json.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings can be written", e);
        }
    }

    @Override
    public void close() {
        door.close();
    }
}
