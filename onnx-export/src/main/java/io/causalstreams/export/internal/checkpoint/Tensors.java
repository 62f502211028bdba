package io.causalstreams.export.internal.checkpoint;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;

/** Checks and sums that every file format needs. */
final class Tensors {

    private Tensors() {}

    /** SHA-256 in hex over all tensors in the order of their names, so that the split into files does not matter. */
    static String digest(Collection<StoredTensor> tensors) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        tensors.stream().sorted(Comparator.comparing(StoredTensor::name)).forEach(tensor -> tensor.digest(digest));
        return HexFormat.of().formatHex(digest.digest());
    }
}
