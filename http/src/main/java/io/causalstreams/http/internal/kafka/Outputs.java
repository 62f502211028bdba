package io.causalstreams.http.internal.kafka;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.HttpDoorException;
import io.causalstreams.http.KafkaClients;
import io.causalstreams.topology.FormUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is committed to the output topics from now on, given to whoever follows its request. One consumer of all partitions,
 * in no group: every door reads everything, and leaves nothing behind on the broker.
 *
 * <p>Threading: {@link #follow} by any thread; a thread of its own reads until {@link #close}.
 */
public final class Outputs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outputs.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration NEW_PARTITIONS = Duration.ofSeconds(30);
    private static final int PAUSE_MILLIS = 1_000;
    private static final int START_SECONDS = 60;

    private final Consumer<byte[], byte[]> consumer;
    private final DoorTopics topics;
    private final Map<String, List<OutputListener>> listeners = new ConcurrentHashMap<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final Thread reading = new Thread(this::read, "http-door-outputs");
    private volatile boolean closing;
    private volatile boolean failing;

    private Outputs(Consumer<byte[], byte[]> consumer, DoorTopics topics) {
        this.consumer = consumer;
        this.topics = topics;
    }

    /**
     * Returns when everything that is committed from now on will be read.
     *
     * @throws HttpDoorException if the topics cannot be read
     */
    public static Outputs follow(KafkaClients clients, DoorTopics topics) {
        Outputs outputs = new Outputs(clients.consumer(settings()), topics);
        outputs.reading.setDaemon(true);
        outputs.reading.start();
        try {
            if (!outputs.started.await(START_SECONDS, TimeUnit.SECONDS) || outputs.failing) {
                outputs.close();
                throw new HttpDoorException("the HTTP door cannot read " + String.join(", ", topics.outputs())
                        + "; it needs Read on them (docs/http.md lists its rights)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HttpDoorException("interrupted while the HTTP door was opened", e);
        }
        return outputs;
    }

    /** Settings of a consumer that is in no group and reads what was committed. */
    static Map<String, Object> settings() {
        return Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                // where retention has removed what was to be read next
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                2_000);
    }

    /** Gives {@code listener} what is committed of the request after this call. */
    public Following follow(String request, OutputListener listener) {
        listeners.compute(request, (id, known) -> {
            List<OutputListener> all = known == null ? new CopyOnWriteArrayList<>() : known;
            all.add(listener);
            return all;
        });
        return () -> listeners.computeIfPresent(request, (id, known) -> {
            known.remove(listener);
            return known.isEmpty() ? null : known;
        });
    }

    /** Until it is ended. */
    public interface Following {
        void end();
    }

    /** Whether somebody follows the request. */
    public boolean isFollowed(String request) {
        return listeners.containsKey(request);
    }

    /** Whether the broker, or a schema registry, refuses or does not answer at the moment. */
    public boolean isFailing() {
        return failing;
    }

    private void read() {
        try (consumer) {
            long nextLook = System.nanoTime();
            while (!closing) {
                try {
                    if (System.nanoTime() - nextLook >= 0) {
                        assign();
                        nextLook = System.nanoTime() + NEW_PARTITIONS.toNanos();
                        started.countDown();
                    }
                    consumer.poll(POLL).forEach(this::dispatchOrWait);
                    failing = false;
                } catch (WakeupException e) {
                    // closing
                } catch (KafkaException e) {
                    failed(e);
                }
            }
        }
    }

    /** New partitions are read from their beginning: they are younger than the last look. */
    private void assign() {
        Set<TopicPartition> known = Set.copyOf(consumer.assignment());
        List<TopicPartition> all = partitions(consumer, topics.outputs());
        if (known.containsAll(all)) {
            return;
        }
        consumer.assign(all);
        if (known.isEmpty()) {
            consumer.seekToEnd(all);
            all.forEach(consumer::position);
        } else {
            consumer.seekToBeginning(
                    all.stream().filter(each -> !known.contains(each)).toList());
        }
    }

    /** All partitions of these topics. */
    static List<TopicPartition> partitions(Consumer<?, ?> consumer, List<String> topics) {
        return topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
    }

    /** Waits for the schema of a completion: nobody is told of an answer that cannot be read yet. */
    private void dispatchOrWait(ConsumerRecord<byte[], byte[]> message) {
        while (!closing) {
            try {
                dispatch(message);
                return;
            } catch (FormUnavailableException e) {
                failed(e);
            }
        }
    }

    private void dispatch(ConsumerRecord<byte[], byte[]> message) {
        String request = Output.requestOf(message, topics);
        List<OutputListener> interested = request == null ? null : listeners.get(request);
        if (interested == null) {
            return;
        }
        boolean tokens = message.topic().equals(topics.tokens());
        if (tokens && interested.stream().noneMatch(OutputListener::wantsTokens)) {
            return;
        }
        Output output = Output.read(message, topics);
        if (output == null) {
            return;
        }
        for (OutputListener each : interested) {
            if (!tokens || each.wantsTokens()) {
                each.onOutput(output);
            }
        }
    }

    private void failed(RuntimeException failure) {
        if (!failing) {
            LOG.warn("answers cannot be read at the moment: {}", failure.toString());
        }
        failing = true;
        started.countDown();
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            reading.join(CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final Duration CLOSE = Duration.ofSeconds(2);

    /** How clients of the door are closed: at once, they hold nothing. */
    static CloseOptions closeOptions() {
        return CloseOptions.timeout(CLOSE);
    }
}
