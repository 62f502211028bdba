package io.causalstreams.inference.internal.constraint.mask;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps the least long unused values out when their bytes exceed a bound. Threading: one thread at a time. */
public final class MaskCache<K, V extends MaskCache.Weighted> {

    /** A value that knows about how much memory it takes. */
    public interface Weighted {
        long bytes();
    }

    private final long maxBytes;
    private final LinkedHashMap<K, V> values = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    public MaskCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Nullable
    public V get(K key) {
        return values.get(key);
    }

    public void put(K key, V value) {
        V old = values.put(key, value);
        bytes += value.bytes() - (old == null ? 0 : old.bytes());
        while (bytes > maxBytes && values.size() > 1) {
            Map.Entry<K, V> eldest = values.entrySet().iterator().next();
            values.remove(eldest.getKey());
            bytes -= eldest.getValue().bytes();
        }
    }

    public void clear() {
        values.clear();
        bytes = 0;
    }
}
