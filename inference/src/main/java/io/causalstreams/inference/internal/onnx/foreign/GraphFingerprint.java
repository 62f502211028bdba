package io.causalstreams.inference.internal.onnx.foreign;

import io.causalstreams.inference.GenerationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Fingerprints graphs that carry none of their own: a SHA-256 over the graph's file and those of its weights. */
final class GraphFingerprint {
    private static final int DIGITS = 16;

    private GraphFingerprint() {}

    /** First 16 hex digits; reads {@code model.onnx} and every {@code model.onnx*} beside it once. */
    static String of(Path graph) {
        String name = String.valueOf(graph.getFileName());
        try (Stream<Path> beside = Files.list(graph.toAbsolutePath().resolveSibling(""))) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            List<Path> files = beside.filter(
                            file -> String.valueOf(file.getFileName()).startsWith(name))
                    .sorted()
                    .toList();
            byte[] buffer = new byte[1 << 20];
            for (Path file : files) {
                digest.update(String.valueOf(file.getFileName()).getBytes(StandardCharsets.UTF_8));
                try (InputStream in = Files.newInputStream(file)) {
                    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                        digest.update(buffer, 0, read);
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
        } catch (IOException e) {
            throw new GenerationException.Failed("model " + graph + ": cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
