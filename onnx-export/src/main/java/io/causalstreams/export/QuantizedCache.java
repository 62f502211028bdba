package io.causalstreams.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.quantization.Int8KvCache;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives a model directory that is complete but for its manifest a KV cache of int8. */
final class QuantizedCache {
    static final String TYPE = "int8";

    private QuantizedCache() {}

    /** @throws IllegalArgumentException if what was measured cannot be a range */
    static void write(Path directory, KvCacheRanges ranges) throws IOException {
        Path manifest = directory.resolve(ExportManifest.FILE);
        Files.writeString(manifest, "{}"); // without one it is no finished export, and nobody runs it
        float[][] largest = ranges.largest(directory);
        Files.delete(manifest);
        requireRanges(largest);
        Path file = directory.resolve(ModelFiles.GRAPH);
        ModelProto quantized;
        try (InputStream in = Files.newInputStream(file)) {
            quantized = Int8KvCache.of(ModelProto.parseFrom(in), largest);
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            described(quantized).writeTo(out);
        }
    }

    /** What a model says of itself with its new cache: other answers, so another fingerprint. */
    private static ModelProto described(ModelProto model) {
        ModelProto.Builder described = model.toBuilder();
        for (StringStringEntryProto.Builder fact : described.getMetadataPropsBuilderList()) {
            if (fact.getKey().equals(ModelFacts.KV_TYPE)) {
                fact.setValue(TYPE);
            } else if (fact.getKey().equals(ModelFacts.FINGERPRINT)) {
                fact.setValue(ModelFacts.fingerprint(GraphBuilder.fingerprint(model.getGraph(), fact.getValue())));
            }
        }
        return described.build();
    }

    private static void requireRanges(float[][] largest) {
        for (int block = 0; block < largest.length; block++) {
            for (float each : largest[block]) {
                if (!(each > 0) || Float.isInfinite(each)) {
                    throw new IllegalArgumentException(
                            "the largest " + (block % 2 == 0 ? "key" : "value") + " of layer " + block / 2
                                    + " was measured as " + each + "; a KV cache of int8 needs a number above 0");
                }
            }
        }
    }
}
