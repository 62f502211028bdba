package io.causalstreams.http.internal.kafka;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.KafkaClients;
import io.causalstreams.topology.FormUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is committed to prompts, tokens, completions and dead letters, from some minutes ago on, and how far the operator is
 * in the prompts; while somebody looks, and not longer. The consumer names the operator's group to ask for its offsets; it is no
 * member of it, and commits nothing.
 *
 * <p>Threading: any; each {@link Watch} has a thread of its own.
 */
public final class LiveRecords {
    private static final Logger LOG = LoggerFactory.getLogger(LiveRecords.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration NEW_PARTITIONS = Duration.ofSeconds(30);
    private static final Duration PROGRESS = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final int PAUSE_MILLIS = 1_000;
    /** Events have the time of their prompt: requests that came before are seen from now on only. */
    private static final Duration BEFORE = Duration.ofMinutes(5);

    private static final int MOST_BEFORE = 5_000;
    private static final int MOST_DEAD_LETTERS = 200;

    private final KafkaClients clients;
    private final DoorTopics topics;

    public LiveRecords(KafkaClients clients, DoorTopics topics) {
        this.clients = clients;
        this.topics = topics;
    }

    /** Is told what there is, by one thread. */
    public interface Listener {

        /** It is read from some minutes ago on, for the first time or again: what was told before is told once more. */
        void onBegin();

        /** In the order of its partition; of a registered schema that is known, its value is the JSON, else as it is. */
        void onRecord(ConsumerRecord<byte[], byte[]> message);

        /** How far the operator is, now and then. */
        void onProgress(List<Progress> partitions);

        /** After some records, or some time without. */
        void onTurn();

        /** The broker does not answer, or refuses; it is tried again. */
        void onTrouble(String why);
    }

    /**
     * How far the operator is in a partition of the prompts.
     *
     * @param end where the next prompt will be
     * @param committed where the operator goes on after a crash: all before it is in its journal
     */
    public record Progress(int partition, long end, long committed) {

        /** Prompts that the operator has not taken. */
        public long lag() {
            return Math.max(0, end - committed);
        }
    }

    /** Begins to read; {@link Watch#close} ends it. */
    public Watch watch(Listener listener) {
        Watch watch = new Watch(listener);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(Outputs.settings());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, topics.group());
        return settings;
    }

    /** Reads until it is closed. */
    public final class Watch implements AutoCloseable {
        private final Listener listener;
        private final Thread thread = new Thread(this::read, "http-door-console");
        private volatile boolean closing;

        private Watch(Listener listener) {
            this.listener = listener;
        }

        private void read() {
            while (!closing) {
                try (Consumer<byte[], byte[]> consumer = clients.consumer(settings())) {
                    listener.onBegin();
                    read(consumer);
                } catch (WakeupException | InterruptException e) {
                    return;
                } catch (KafkaException e) {
                    LOG.warn("the console cannot read the topics at the moment: {}", e.toString());
                    listener.onTrouble("the topics cannot be read at the moment");
                    pause();
                }
            }
        }

        private void read(Consumer<byte[], byte[]> consumer) {
            long nextLook = System.nanoTime();
            long nextProgress = nextLook;
            while (!closing) {
                long now = System.nanoTime();
                if (now - nextLook >= 0) {
                    assign(consumer);
                    nextLook = now + NEW_PARTITIONS.toNanos();
                }
                if (now - nextProgress >= 0) {
                    listener.onProgress(progress(consumer));
                    nextProgress = now + PROGRESS.toNanos();
                }
                consumer.poll(POLL).forEach(message -> listener.onRecord(readable(message)));
                listener.onTurn();
            }
        }

        private void pause() {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                closing = true;
            }
        }

        /** Any number of times. */
        @Override
        public void close() {
            closing = true;
        }

        /** Waits for its end, for a moment. */
        public void join() {
            try {
                thread.join(CLOSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Asks the registry, where it must, before anybody is told: listeners have locks. */
    ConsumerRecord<byte[], byte[]> readable(ConsumerRecord<byte[], byte[]> message) {
        if (message.topic().equals(topics.tokens())) {
            return message;
        }
        byte[] json;
        try {
            json = topics.json(message);
        } catch (FormUnavailableException e) {
            LOG.warn(
                    "the console shows {}-{}-{} as it is: {}",
                    message.topic(),
                    message.partition(),
                    message.offset(),
                    e.toString());
            return message;
        }
        return json == message.value() ? message : withValue(message, json);
    }

    private static ConsumerRecord<byte[], byte[]> withValue(
            ConsumerRecord<byte[], byte[]> message, byte @Nullable [] value) {
        return new ConsumerRecord<>(
                message.topic(),
                message.partition(),
                message.offset(),
                message.timestamp(),
                message.timestampType(),
                message.serializedKeySize(),
                message.serializedValueSize(),
                message.key(),
                value,
                message.headers(),
                message.leaderEpoch());
    }

    private void assign(Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> known = Set.copyOf(consumer.assignment());
        List<TopicPartition> all = Outputs.partitions(
                consumer,
                Stream.concat(Stream.of(topics.prompts()), topics.outputs().stream())
                        .toList());
        if (known.containsAll(all)) {
            return;
        }
        consumer.assign(all);
        List<TopicPartition> fresh =
                all.stream().filter(each -> !known.contains(each)).toList();
        if (known.isEmpty()) {
            seekBack(consumer, fresh);
        } else {
            consumer.seekToBeginning(fresh);
        }
    }

    /** To the requests of the last minutes and the last dead letters, within bounds. */
    private void seekBack(Consumer<byte[], byte[]> consumer, List<TopicPartition> all) {
        long since = System.currentTimeMillis() - BEFORE.toMillis();
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(all);
        Map<TopicPartition, Long> ends = consumer.endOffsets(all);
        Map<TopicPartition, Long> times = new HashMap<>();
        all.forEach(partition -> times.put(partition, since));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
        for (TopicPartition partition : all) {
            long end = ends.getOrDefault(partition, 0L);
            boolean letters = partition.topic().equals(topics.deadLetters());
            OffsetAndTimestamp first = letters ? null : found.get(partition);
            long from = letters ? end - MOST_DEAD_LETTERS : first == null ? end : first.offset();
            long least = Math.max(begins.getOrDefault(partition, 0L), end - MOST_BEFORE);
            consumer.seek(partition, Math.max(least, from));
        }
    }

    private List<Progress> progress(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> prompts = Outputs.partitions(consumer, List.of(topics.prompts()));
        Map<TopicPartition, Long> ends = consumer.endOffsets(prompts, ANSWER);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(prompts, ANSWER);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(prompts), ANSWER);
        List<Progress> all = new ArrayList<>();
        for (TopicPartition partition : prompts) {
            OffsetAndMetadata at = committed.get(partition);
            long begin = begins.getOrDefault(partition, 0L);
            all.add(new Progress(
                    partition.partition(),
                    ends.getOrDefault(partition, 0L),
                    at == null ? begin : Math.max(begin, at.offset())));
        }
        all.sort(Comparator.comparingInt(Progress::partition));
        return all;
    }
}
