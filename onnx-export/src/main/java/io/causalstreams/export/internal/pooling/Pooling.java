package io.causalstreams.export.internal.pooling;

import java.util.Locale;

/** Which of a text's vectors becomes the text's. */
public enum Pooling {
    /** The mean of all, special tokens included. */
    MEAN,
    /** That of the first token. */
    CLS,
    /** That of the last token. */
    LAST;

    /** As in the graph's metadata. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
