package io.causalstreams.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.graph.Digests;
import io.causalstreams.export.internal.mixing.Mix;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code export.json}: where a model directory comes from and the SHA-256 of its files. Written last. */
final class ExportManifest {
    static final String FILE = "export.json";

    private ExportManifest() {}

    /**
     * @param mix what was chosen by measurement, or null
     * @param weightsDigest SHA-256 of {@code model.onnx.data}, known from writing it
     */
    static void write(
            Path directory, Path source, String name, ExportOptions options, @Nullable Mix mix, String weightsDigest)
            throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode manifest = mapper.createObjectNode();
        manifest.put("source", source.toString());
        manifest.put("name", name);
        manifest.put("precision", options.precision().id());
        if (options.device() != TargetDevice.CPU) {
            manifest.put("device", options.device().id());
        }
        if (options.precision() == Precision.INT4) {
            manifest.put("block_size", options.blockSize());
        }
        if (options.kvCacheRanges() != null) {
            manifest.put("kv_cache", QuantizedCache.TYPE);
        }
        if (mix != null) {
            ObjectNode mixed = manifest.putObject("mixed");
            mixed.put("kl_divergence_before", mix.before());
            mixed.put("kl_divergence", mix.after());
            ArrayNode finer = mixed.putArray("finer");
            mix.fine().forEach(group -> finer.add(group.name()));
        }
        ObjectNode files = manifest.putObject("files");
        List<Path> written;
        try (Stream<Path> entries = Files.list(directory)) {
            written = entries.filter(file -> !file.endsWith(StagingDirectory.LOCK))
                    .sorted()
                    .toList();
        }
        for (Path file : written) {
            String fileName = String.valueOf(file.getFileName());
            files.putObject(fileName)
                    .put("bytes", Files.size(file))
                    .put("sha256", fileName.equals(ModelFiles.WEIGHTS) ? weightsDigest : sha256(file));
        }
        mapper.writeValue(directory.resolve(FILE).toFile(), manifest);
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = Digests.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
