package io.causalstreams.topology.internal.journal;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The published tokens of one request in the journal; appending rewrites the last chunk while it is small.
 *
 * <p>Threading: stream thread only.
 */
public final class TokenLog {

    private final KeyValueStore<Bytes, byte[]> store;
    private final long sequence;
    private final List<TokenChunk> published;
    private final List<TokenChunk> open = new ArrayList<>();

    private int openTokens;
    private int openNumber;
    private int keys;

    TokenLog(KeyValueStore<Bytes, byte[]> store, long sequence, int keys, List<TokenChunk> published) {
        this.store = store;
        this.sequence = sequence;
        this.published = List.copyOf(published);
        this.keys = keys;
        this.openNumber = keys;
    }

    /** What had been published when the log was opened. */
    public List<TokenChunk> published() {
        return published;
    }

    /** Writes chunks that follow on all before; one store write unless they are many. */
    public void append(List<TokenChunk> chunks) {
        for (TokenChunk chunk : chunks) {
            open.add(chunk);
            openTokens += chunk.tokenIds().size();
            if (openTokens >= Journal.CHUNK_TOKENS) {
                write();
                open.clear();
                openTokens = 0;
                openNumber++;
            }
        }
        if (!open.isEmpty()) {
            write();
        }
    }

    private void write() {
        store.put(JournalKeys.tokens(sequence, openNumber), TokenChunkCodec.encode(open));
        keys = openNumber + 1;
    }

    void delete() {
        for (int number = 0; number < keys; number++) {
            store.delete(JournalKeys.tokens(sequence, number));
        }
    }
}
