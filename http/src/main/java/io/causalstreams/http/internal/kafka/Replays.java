package io.causalstreams.http.internal.kafka;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.KafkaClients;
import io.causalstreams.topology.FormUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was committed of a request before: read again from its topics, from the second on in which its prompt came. All
 * events of a request have the timestamp of its prompt, so that an index of the broker finds where to begin.
 *
 * <p>Threading: any; a few threads of its own read, each with a consumer for one replay.
 */
public final class Replays implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replays.class);
    private static final int THREADS = 4;
    private static final int MOST_WAITING = 1_000;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration MOST = Duration.ofSeconds(60);
    /** Topics that write the time of the append may have another clock. */
    private static final long CLOCKS_DIFFER_MILLIS = 10_000;

    private final KafkaClients clients;
    private final DoorTopics topics;
    private final ThreadPoolExecutor threads;
    private volatile boolean closing;

    public Replays(KafkaClients clients, DoorTopics topics) {
        this.clients = clients;
        this.topics = topics;
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "http-door-replay");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Takes a replay, at its own pace. */
    public interface Listener {

        /** Whether more is wanted after this; may block as long as a client takes to read. */
        boolean onReplayed(Output output);

        /** All there is has been given. */
        void onReplayEnd();

        void onReplayFailed(String why);
    }

    /**
     * Reads again, later.
     *
     * @param createdSeconds unix seconds of the prompt, as its events tell them
     */
    public void start(String request, long createdSeconds, Listener listener) {
        try {
            threads.execute(() -> run(request, createdSeconds, listener));
        } catch (RejectedExecutionException e) {
            listener.onReplayFailed("too many clients resume at once; try again");
        }
    }

    private void run(String request, long createdSeconds, Listener listener) {
        try (Consumer<byte[], byte[]> consumer = clients.consumer(Outputs.settings())) {
            if (replay(consumer, request, createdSeconds, listener)) {
                listener.onReplayEnd();
            }
        } catch (KafkaException | FormUnavailableException e) {
            LOG.warn("{} cannot be read again: {}", request, e.toString());
            listener.onReplayFailed("the topics cannot be read at the moment; try again");
        } catch (RuntimeException e) {
            LOG.error("{} cannot be read again", request, e);
            listener.onReplayFailed("the topics cannot be read again");
        }
    }

    /** @return false when the listener wants no more */
    private boolean replay(Consumer<byte[], byte[]> consumer, String request, long createdSeconds, Listener listener) {
        List<TopicPartition> all = Outputs.partitions(consumer, List.of(topics.tokens(), topics.completions()));
        Map<TopicPartition, Long> left = seek(consumer, all, createdSeconds * 1000 - CLOCKS_DIFFER_MILLIS);
        long end = System.nanoTime() + MOST.toNanos();
        while (!left.isEmpty() && !closing) {
            if (System.nanoTime() > end) {
                listener.onReplayFailed("the topics could not be read again in time; try again");
                return false;
            }
            for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                if (!request.equals(Output.requestOf(message, topics))) {
                    continue;
                }
                Output output = Output.read(message, topics);
                if (output != null && createdSeconds == created(output) && !listener.onReplayed(output)) {
                    return false;
                }
            }
            left.entrySet().removeIf(each -> consumer.position(each.getKey()) >= each.getValue());
            consumer.pause(all.stream().filter(each -> !left.containsKey(each)).toList());
        }
        return !closing;
    }

    /** @return the partitions that have something to be read, with where what is there now ends */
    private static Map<TopicPartition, Long> seek(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> all, long fromMillis) {
        consumer.assign(all);
        Map<TopicPartition, Long> from = new HashMap<>();
        all.forEach(partition -> from.put(partition, fromMillis));
        Map<TopicPartition, Long> left = new HashMap<>(consumer.endOffsets(all));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(from);
        all.forEach(partition -> {
            OffsetAndTimestamp first = found.get(partition);
            if (first == null || first.offset() >= left.getOrDefault(partition, 0L)) {
                left.remove(partition);
                consumer.seek(partition, 0);
            } else {
                consumer.seek(partition, first.offset());
            }
        });
        consumer.pause(all.stream().filter(each -> !left.containsKey(each)).toList());
        return left;
    }

    /** Of the prompt: the same id may have been used before. */
    private static long created(Output output) {
        return output instanceof Output.Tokens tokens
                ? tokens.event().created()
                : output instanceof Output.Completion completion
                        ? completion.event().created()
                        : -1;
    }

    @Override
    public void close() {
        closing = true;
        threads.shutdownNow();
    }
}
