package io.causalstreams.export.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Compares a downloaded file with what its ETag promises. */
final class ContentCheck {

    private static final int SHA256_HEX = 64;
    private static final int SHA1_HEX = 40;

    private ContentCheck() {}

    /** Whether the content is the promised one; an ETag that is no digest promises only the size. */
    static boolean matches(Path content, RemoteFile file) throws IOException {
        if (Files.size(content) != file.size()) {
            return false;
        }
        String etag = file.etag();
        if (!etag.matches("[0-9a-f]+")) {
            return true;
        }
        return switch (etag.length()) {
            case SHA256_HEX -> hex(digest("SHA-256"), content).equals(etag);
            case SHA1_HEX -> hex(gitBlob(file.size()), content).equals(etag);
            default -> true;
        };
    }

    /** Git names a blob by the SHA-1 of a short header and the content. */
    private static MessageDigest gitBlob(long size) {
        MessageDigest digest = digest("SHA-1");
        digest.update(("blob " + size + '\0').getBytes(StandardCharsets.US_ASCII));
        return digest;
    }

    private static String hex(MessageDigest digest, Path content) throws IOException {
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(content)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
