package io.causalstreams.learning.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The records of a loop that no round has learned, those held back, and the round that has begun.
 *
 * <pre>
 *   r/&lt;sequence&gt;   a record to learn: {"id": "…", "record": "…"}
 *   h/&lt;sequence&gt;   one that is held back
 *   state          {"next": sequence, "round": number, "since": ms, "replaced": digest, "begun": {"to", "heldTo", "start"}}
 * </pre>
 *
 * <p>Threading: stream thread.
 */
final class RoundStore {
    private static final String STATE = "state";
    private static final String LEARNED = "r/";
    private static final String HELD = "h/";

    private final KeyValueStore<String, String> store;

    RoundStore(KeyValueStore<String, String> store) {
        this.store = store;
    }

    ObjectNode state() {
        String state = store.get(STATE);
        return state == null ? Json.object().put("next", 0).put("round", 1) : Json.own(state);
    }

    void write(ObjectNode state) {
        store.put(STATE, state.toString());
    }

    void add(ObjectNode state, String example, boolean heldBack) {
        long sequence = state.path("next").asLong();
        store.put(key(heldBack, sequence), example);
        state.put("next", sequence + 1);
    }

    private static String key(boolean heldBack, long sequence) {
        return (heldBack ? HELD : LEARNED) + "%016d".formatted(sequence);
    }

    /** In order, up to {@code last}, exclusively; keys and values. */
    List<KeyValue<String, String>> records(boolean heldBack, long last) {
        List<KeyValue<String, String>> all = new ArrayList<>();
        if (last > 0) {
            try (KeyValueIterator<String, String> each = store.range(key(heldBack, 0), key(heldBack, last - 1))) {
                each.forEachRemaining(all::add);
            }
        }
        return all;
    }

    void remove(List<KeyValue<String, String>> records) {
        records.forEach(each -> store.delete(each.key));
    }

    static List<String> field(List<KeyValue<String, String>> records, String field) {
        List<String> all = new ArrayList<>();
        for (KeyValue<String, String> each : records) {
            @Nullable String text = Json.text(Json.own(each.value), field);
            all.add(text == null ? "" : text);
        }
        return all;
    }
}
