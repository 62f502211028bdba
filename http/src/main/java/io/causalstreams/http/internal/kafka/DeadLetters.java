package io.causalstreams.http.internal.kafka;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Sends the original of a dead letter again: the same key, headers and bytes, to the partition that it came from, where its id
 * is known. So one whose first sending still runs is not run twice.
 *
 * <p>Threading: any; a thread of its own reads, a consumer for each letter.
 */
public final class DeadLetters implements AutoCloseable {
    /** Header names that the operator adds to the original's. */
    public static final String ERROR = "__streams.errors.";

    private static final int MOST_WAITING = 16;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration MOST = Duration.ofSeconds(10);

    private final KafkaClients clients;
    private final DoorTopics topics;
    private final Prompts prompts;
    private final ThreadPoolExecutor thread;
    private final Scheduler scheduler;

    public DeadLetters(KafkaClients clients, DoorTopics topics, Prompts prompts) {
        this.clients = clients;
        this.topics = topics;
        this.prompts = prompts;
        this.thread =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
                    Thread daemon = new Thread(task, "http-door-dead-letters");
                    daemon.setDaemon(true);
                    return daemon;
                });
        thread.allowCoreThreadTimeOut(true);
        this.scheduler = Schedulers.fromExecutorService(thread);
    }

    /**
     * Sends one again.
     *
     * @return where it is now; a {@link MissingException} if there is no such letter any more, a {@link ForeignException} if it
     *     was none of a prompt
     */
    public Mono<RecordMetadata> sendAgain(int partition, long offset) {
        return Mono.fromCallable(() -> original(partition, offset))
                .subscribeOn(scheduler)
                .flatMap(prompts::publish);
    }

    private ProducerRecord<byte[], byte[]> original(int partition, long offset) {
        if (topics.deadLetters().isEmpty()) {
            throw new MissingException(
                    "there is no topic of dead letters; name one (causal.streams.dead.letters.topic)");
        }
        try (Consumer<byte[], byte[]> consumer = clients.consumer(Outputs.settings())) {
            TopicPartition letters = new TopicPartition(topics.deadLetters(), partition);
            if (!Outputs.partitions(consumer, List.of(topics.deadLetters())).contains(letters)) {
                throw new MissingException("the topic of dead letters has no partition " + partition);
            }
            ConsumerRecord<byte[], byte[]> letter = read(consumer, letters, offset);
            int partitions = consumer.partitionsFor(topics.prompts()).size();
            return original(letter, topics.prompts(), partitions);
        }
    }

    private static ConsumerRecord<byte[], byte[]> read(
            Consumer<byte[], byte[]> consumer, TopicPartition letters, long offset) {
        consumer.assign(List.of(letters));
        consumer.seek(letters, offset);
        long end = System.nanoTime() + MOST.toNanos();
        while (consumer.position(letters) <= offset && System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                if (message.offset() == offset) {
                    return message;
                }
            }
        }
        throw new MissingException("the dead letter is no longer in its topic");
    }

    /**
     * What a dead letter was before it was one.
     *
     * @param partitions of the prompts topic
     * @throws ForeignException if it came from another topic
     */
    static ProducerRecord<byte[], byte[]> original(
            ConsumerRecord<byte[], byte[]> letter, String prompts, int partitions) {
        String topic = header(letter.headers(), ERROR + "topic");
        if (!prompts.equals(topic)) {
            throw new ForeignException("the dead letter is of topic " + topic + ", not of " + prompts
                    + "; send it there with a tool of Kafka's");
        }
        Headers headers = new RecordHeaders();
        for (Header each : letter.headers()) {
            if (!each.key().startsWith(ERROR)) {
                headers.add(each);
            }
        }
        return new ProducerRecord<>(
                prompts, partition(letter.headers(), partitions), letter.key(), letter.value(), headers);
    }

    /** Null when the letter does not say it, or there is no such partition: then the key decides. */
    private static @Nullable Integer partition(Headers headers, int partitions) {
        try {
            int partition = Integer.parseInt(String.valueOf(header(headers, ERROR + "partition")));
            return partition >= 0 && partition < partitions ? partition : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The text of a header. */
    public static @Nullable String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        scheduler.dispose();
        thread.shutdownNow();
    }

    /** There is no such letter. */
    public static final class MissingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MissingException(String message) {
            super(message);
        }
    }

    /** It is none of a prompt. */
    public static final class ForeignException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ForeignException(String message) {
            super(message);
        }
    }
}
