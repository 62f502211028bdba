package io.causalstreams.topology.internal.journal;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a task that have no completion yet, with the tokens published of each.
 *
 * <p>Layout: an arrival is written once; its tokens follow under keys of their own, in chunks that are rewritten while
 * they hold fewer than {@value #CHUNK_TOKENS} tokens. One token at a time this costs about 62 changelog bytes and
 * 1.1 records a token: small chunks repeat little, and few keys need few deletes. Prompt and tokens together would cross
 * the producer's {@code max.request.size} one day, and then for ever.
 *
 * <p>The store is in memory, because an unclean close under exactly-once replays the changelog anyway, and never cached:
 * a cached write can be lost while the tokens of the same transaction are kept.
 *
 * <p>Threading: stream thread only.
 */
public final class Journal {

    static final int CHUNK_TOKENS = 8;

    /** What a batch and a record add to key, value and headers, generously. */
    public static final int RECORD_OVERHEAD = 4096;

    private final KeyValueStore<Bytes, byte[]> store;

    private long nextSequence;
    private int entries;
    private long bytes;

    /** Bytes of the arrivals whose calls wait for their results. */
    private final Map<Long, Integer> calling = new HashMap<>();

    private long callingBytes;

    public Journal(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /** The store, for the topology. */
    public static StoreBuilder<KeyValueStore<Bytes, byte[]>> storeBuilder(String name, int maxMessageBytes) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of("max.message.bytes", Integer.toString(maxMessageBytes + RECORD_OVERHEAD)));
    }

    /** Reads every arrival, oldest first, and counts them. */
    public void restore(Consumer<Arrival> each) {
        nextSequence = 0;
        entries = 0;
        bytes = 0;
        calling.clear();
        callingBytes = 0;
        try (KeyValueIterator<Bytes, byte[]> all = store.range(JournalKeys.FIRST_ARRIVAL, JournalKeys.LAST_ARRIVAL)) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> next = all.next();
                long sequence = JournalKeys.sequenceOf(next.key);
                nextSequence = sequence + 1;
                entries++;
                bytes += next.value.length;
                Transcript transcript = transcript(sequence);
                if (transcript != null && transcript.isOpen()) {
                    waits(sequence);
                }
                each.accept(Arrival.decode(sequence, next.value));
            }
        }
    }

    /** The place of the next arrival in the order of arrival. */
    public long nextSequence() {
        return nextSequence;
    }

    /** Keeps an arrival until {@link #remove}. */
    public void add(Arrival arrival) {
        byte[] encoded = arrival.encode();
        store.put(JournalKeys.arrival(arrival.sequence()), encoded);
        nextSequence = arrival.sequence() + 1;
        entries++;
        bytes += encoded.length;
    }

    /** The arrival as it was added. */
    public Arrival arrival(long sequence) {
        byte[] encoded = Objects.requireNonNull(
                store.get(JournalKeys.arrival(sequence)), "journal entry " + sequence + " is gone");
        return Arrival.decode(sequence, encoded);
    }

    /** Opens the tokens of an arrival: what was published, and where to write on. */
    public TokenLog tokens(long sequence) {
        List<TokenChunk> published = new ArrayList<>();
        int number = 0;
        for (byte[] chunk = store.get(JournalKeys.tokens(sequence, number));
                chunk != null;
                chunk = store.get(JournalKeys.tokens(sequence, number))) {
            TokenChunkCodec.decodeInto(published, chunk);
            number++;
        }
        return new TokenLog(store, sequence, number, published);
    }

    /** What an arrival has called so far; null = nothing. */
    public @Nullable Transcript transcript(long sequence) {
        byte[] encoded = store.get(JournalKeys.transcript(sequence));
        return encoded == null ? null : Transcript.decode(encoded);
    }

    /** An answer is a call of tools: it is kept as that instead of as tokens. */
    public void call(long sequence, TokenLog tokens, Transcript transcript) {
        tokens.delete();
        keep(sequence, transcript);
    }

    /** Keeps results that have come. */
    public void keep(long sequence, Transcript transcript) {
        store.put(JournalKeys.transcript(sequence), transcript.encode());
        if (transcript.isOpen()) {
            waits(sequence);
        } else {
            waitsNoMore(sequence);
        }
    }

    private void waits(long sequence) {
        if (!calling.containsKey(sequence)) {
            int length = Objects.requireNonNull(store.get(JournalKeys.arrival(sequence))).length;
            calling.put(sequence, length);
            callingBytes += length;
        }
    }

    private void waitsNoMore(long sequence) {
        Integer length = calling.remove(sequence);
        callingBytes -= length == null ? 0 : length;
    }

    /** Forgets an arrival, its tokens and its calls. */
    public void remove(long sequence, TokenLog tokens) {
        waitsNoMore(sequence);
        if (store.get(JournalKeys.transcript(sequence)) != null) {
            store.delete(JournalKeys.transcript(sequence));
        }
        bytes -= Objects.requireNonNull(store.delete(JournalKeys.arrival(sequence))).length;
        entries--;
        tokens.delete();
    }

    /** Requests without a completion that the model has to do with; one that waits for results is none. */
    public int entries() {
        return entries - calling.size();
    }

    /** Bytes of their prompts, keys and headers. */
    public long bytes() {
        return bytes - callingBytes;
    }
}
