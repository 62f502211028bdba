package io.causalstreams.export.internal.architecture;

import java.util.List;
import java.util.function.IntPredicate;

/** Which layers see only a window of keys: {@code layer_types}, or the family's rule where the key is absent. */
final class AttentionWindows {
    private static final String KEY = "layer_types";
    static final String SLIDING = "sliding_attention";
    static final String FULL = "full_attention";

    private final ModelConfig config;
    private final int window;
    private final IntPredicate sliding;

    private AttentionWindows(ModelConfig config, int window, IntPredicate sliding) {
        this.config = config;
        this.window = window;
        this.sliding = sliding;
    }

    /**
     * @param window keys that a sliding layer sees; 0 = the model has no window
     * @param rule which layers slide where {@code layer_types} is absent
     */
    static AttentionWindows of(ModelConfig config, int layers, int window, IntPredicate rule) {
        List<String> types = config.texts(KEY);
        if (types == null) {
            return new AttentionWindows(config, window, rule);
        }
        if (types.size() != layers) {
            throw config.refused(KEY, "has %d elements for %d layers".formatted(types.size(), layers));
        }
        for (String type : types) {
            if (!type.equals(SLIDING) && !type.equals(FULL)) {
                throw config.refused(KEY, "holds \"%s\"; implemented: %s, %s".formatted(type, FULL, SLIDING));
            }
        }
        return new AttentionWindows(config, window, i -> types.get(i).equals(SLIDING));
    }

    boolean slides(int layer) {
        return sliding.test(layer);
    }

    /** The window of a layer, 0 = none. */
    int of(int layer) {
        if (!slides(layer)) {
            return 0;
        }
        if (window == 0) {
            throw config.refused(KEY, "has a sliding layer, but sliding_window is off");
        }
        return window;
    }
}
