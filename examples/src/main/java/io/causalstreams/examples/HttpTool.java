package io.causalstreams.examples;

import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.event.ToolResultEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Answers the calls of an agent by requests to a service: arguments go as a JSON body to {@code <service>/<tool>}.
 *
 * <p>An application of its own: it waits for the service, and the agent's stream threads must not. Results are published once;
 * after a crash the service may be asked a second time, with the same {@code Idempotency-Key}.
 */
public final class HttpTool {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();
    private final String service;

    /** @param service where the tools are, without a slash at its end */
    HttpTool(String service) {
        this.service = service;
    }

    /** Reads {@code calls} and writes {@code results}. */
    Topology topology(String calls, String results) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(calls, Consumed.with(Serdes.ByteArray(), ToolCallEvent.serde()))
                .filter((key, call) -> Instant.now().isBefore(Instant.parse(call.deadline())))
                .mapValues(this::answer)
                .to(results, Produced.with(Serdes.ByteArray(), ToolResultEvent.serde()));
        return builder.build();
    }

    /** What goes wrong is a result, too: the model is told. */
    private ToolResultEvent answer(ToolCallEvent call) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service + "/" + call.name()))
                .timeout(LIMIT)
                .header("content-type", "application/json")
                .header("idempotency-key", call.conversation() + ":" + call.id())
                .POST(HttpRequest.BodyPublishers.ofString(call.arguments()))
                .build();
        try {
            var response = http.send(request, BodyHandlers.ofString());
            return call.result(
                    response.statusCode() == 200 ? response.body() : "error: status " + response.statusCode());
        } catch (IOException e) {
            return call.result("error: the service cannot be reached");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + call.name() + " was asked", e);
        }
    }

    /** Starts it; a call is answered in the order of its partition. */
    KafkaStreams start(String calls, String results, Map<String, Object> kafka) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "http-tool-" + calls);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        properties.putAll(kafka);
        KafkaStreams streams = new KafkaStreams(topology(calls, results), properties);
        streams.start();
        return streams;
    }

    /** Runs until the process is ended. Arguments: {@code HOST:PORT SERVICE_URL}. */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 2) {
            System.err.println("usage: http-tool HOST:PORT SERVICE_URL");
            System.exit(2);
        }
        KafkaStreams streams = new HttpTool(arguments[1])
                .start(
                        WeatherAgent.CALLS,
                        WeatherAgent.RESULTS,
                        Map.of(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        new CountDownLatch(1).await();
    }
}
