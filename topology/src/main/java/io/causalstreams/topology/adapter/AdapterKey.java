package io.causalstreams.topology.adapter;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The key of a record of the adapters topic: {@code NAME}, or {@code NAME/candidate} for the version that is tried beside it.
 *
 * @param name by which requests name it
 */
public record AdapterKey(String name, boolean candidate) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final String CANDIDATE = "/candidate";

    /** @throws AdapterRefusedException if the name is none */
    public AdapterKey {
        if (!NAME.matcher(name).matches()) {
            throw new AdapterRefusedException(
                    "an adapter's name has 1 to 100 of A-Z a-z 0-9 . _ -, and begins with a letter"
                            + " or digit; the record's key is none");
        }
    }

    /** Reads a record's key. @throws AdapterRefusedException if it is none */
    public static AdapterKey read(byte @Nullable [] key) {
        String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        boolean candidate = text.endsWith(CANDIDATE);
        return new AdapterKey(candidate ? text.substring(0, text.length() - CANDIDATE.length()) : text, candidate);
    }

    /** The record's key. */
    public byte[] bytes() {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return candidate ? name + CANDIDATE : name;
    }
}
