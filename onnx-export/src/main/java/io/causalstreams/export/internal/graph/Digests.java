package io.causalstreams.export.internal.graph;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What tells one content from another. */
public final class Digests {
    private Digests() {}

    /** A new SHA-256. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
