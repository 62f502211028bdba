package io.causalstreams.examples.quarkus;

import io.causalstreams.app.EmbeddedBroker;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** An embedded broker with the application's topics. */
@SuppressWarnings("NullAway.Init") // opened before all
public class BrokerResource implements QuarkusTestResourceLifecycleManager {
    private static final List<String> TOPICS =
            List.of("tickets", "labels", "prompts", "tokens", "completions", "dead-letters");

    private EmbeddedBroker broker;

    @Override
    public Map<String, String> start() {
        broker = EmbeddedBroker.start();
        createTopics();
        return Map.of("kafka.bootstrap.servers", broker.bootstrapServers());
    }

    private void createTopics() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(TOPICS.stream()
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new AssertionError("the topics cannot be created", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void stop() {
        broker.close();
    }
}
