package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.http.KafkaClients;
import io.causalstreams.topology.AdaptersTopic;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a broker: the properties every client of this process gets, security settings included.
 *
 * <p>Keys that start with {@code consumer.}, {@code producer.} or {@code admin.} go to clients of that kind, without the
 * prefix; {@code causal.streams.} is the operator's.
 *
 * @param properties {@code bootstrap.servers} at least
 */
public record KafkaConnection(Map<String, String> properties) implements KafkaClients, AdaptersTopic.Clients {
    /** Kafka Streams' own: plain consumers know no protocol of that name. */
    private static final String GROUP_PROTOCOL = "group.protocol";

    private static final Pattern SERVERS = Pattern.compile("\\s*\\S+:\\d+\\s*(,\\s*\\S+:\\d+\\s*)*");

    /** @throws AppException if nobody says where the broker is, or not as {@code host:port} */
    public KafkaConnection {
        String servers = properties.getOrDefault("bootstrap.servers", "");
        if (servers.isBlank()) {
            throw new AppException(
                    "no broker is named; give --bootstrap-servers HOST:PORT, or bootstrap.servers in --config");
        }
        if (!SERVERS.matcher(servers).matches()) {
            throw new AppException("bootstrap servers '" + servers + "' are not HOST:PORT[,HOST:PORT…]");
        }
        properties = Map.copyOf(properties);
    }

    /** {@code servers} wins over the file's {@code bootstrap.servers}. */
    public static KafkaConnection of(@Nullable String servers, @Nullable Path config) {
        Map<String, String> properties = new LinkedHashMap<>();
        if (config != null) {
            properties.putAll(read(config));
        }
        if (servers != null) {
            properties.put("bootstrap.servers", servers);
        }
        return new KafkaConnection(properties);
    }

    /** Whether a properties file says where the broker is. */
    public static boolean namesBroker(Path config) {
        return !read(config).getOrDefault("bootstrap.servers", "").isBlank();
    }

    private static Map<String, String> read(Path config) {
        Properties file = new Properties();
        try (Reader reader = Files.newBufferedReader(config, StandardCharsets.UTF_8)) {
            file.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new AppException("--config " + config + " cannot be read: " + ErrorLine.of(e), e);
        }
        Map<String, String> properties = new LinkedHashMap<>();
        file.stringPropertyNames()
                .forEach(key -> properties.put(key, file.getProperty(key).strip()));
        return properties;
    }

    public String servers() {
        return properties.getOrDefault("bootstrap.servers", "");
    }

    public Admin admin() {
        return Admin.create(clientProperties("admin.", Map.of()));
    }

    @Override
    public KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(
                clientProperties("producer.", settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(
                clientProperties("consumer.", settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** {@code settings}, overridden by what the user says for all clients, overridden by what they say for this kind. */
    Map<String, Object> clientProperties(String prefix, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        properties.forEach((key, value) -> {
            if (!key.startsWith("causal.streams.") && !key.startsWith(prefix) && !key.equals(GROUP_PROTOCOL)) {
                all.put(key, value);
            }
        });
        properties.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                all.put(key.substring(prefix.length()), value);
            }
        });
        return all;
    }
}
