package io.causalstreams.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.app.internal.models.Calibrations;
import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.OnnxExporter;
import io.causalstreams.export.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** Model directories for tests: the real model from the user's cache (fetched once), tiny ones exported into target. */
final class TestModels {
    static final Path TINY = Path.of("../onnx-export/src/test/resources/tiny");
    private static final Path TINY_POOLED = Path.of("../onnx-export/src/test/resources/tiny-pooled");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT_TEMPLATE = """
            {%- for message in messages -%}
            {{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}
            {%- endfor -%}
            {{ '<|im_start|>assistant\\n' }}""";
    private static final ConcurrentHashMap<String, Path> EXPORTED = new ConcurrentHashMap<>();

    private static final ModelSource SMOL_LM2 = ModelSource.parse("smollm2-135m-instruct");

    private TestModels() {}

    /** The default model. Where it cannot be fetched the test is skipped, but fails in CI. */
    static Path smolLm2(Precision precision) {
        return real(store -> store.modelDirectory(SMOL_LM2, precision, precision));
    }

    /** What the default model is exported from; fetched as {@link #smolLm2}. */
    static Path smolLm2Checkpoint() {
        return real(store -> store.checkpoint(SMOL_LM2));
    }

    private static Path real(FromStore files) {
        try {
            return files.of(ModelStore.ofUser(Progress.ofStderr()));
        } catch (Exception e) {
            if (System.getenv("CI") != null) {
                throw new AssertionError("the default model cannot be had, and CI must run this test", e);
            }
            return Assumptions.abort("skipped: the default model cannot be had: " + e.getMessage());
        }
    }

    private interface FromStore {
        Path of(ModelStore store) throws IOException;
    }

    /** A tiny random checkpoint of {@link #TINY}, at fp32. */
    static Path tiny(String name) {
        return tiny(name, Precision.FP32);
    }

    /** A tiny random checkpoint of {@link #TINY}. */
    static Path tiny(String name, Precision precision) {
        return EXPORTED.computeIfAbsent(precision == Precision.FP32 ? name : name + "-" + precision, export -> {
            Path directory = Path.of("target/models").resolve(export);
            if (!Files.exists(directory.resolve("export.json"))) {
                OnnxExporter.export(TINY.resolve(name), directory, ExportOptions.of(precision));
            }
            return directory;
        });
    }

    /** A tiny random checkpoint of {@link #TINY}, at fp32 with a KV cache of int8. */
    static Path tinyWithInt8Cache(String name) {
        return EXPORTED.computeIfAbsent(name + "-int8-cache", export -> {
            Path directory = Path.of("target/models").resolve(export);
            if (!Files.exists(directory.resolve("export.json"))) {
                OnnxExporter.export(
                        TINY.resolve(name),
                        directory,
                        ExportOptions.of(Precision.FP32).withInt8KvCache(Calibrations::kvCacheRanges));
            }
            return directory;
        });
    }

    /** A tiny random encoder of {@code tiny-pooled}, at fp32. */
    static Path tinyPooled(String name) {
        return EXPORTED.computeIfAbsent("tiny-pooled-" + name, export -> {
            Path directory = Path.of("target/models").resolve(export);
            if (!Files.exists(directory.resolve("export.json"))) {
                OnnxExporter.export(TINY_POOLED.resolve(name), directory, ExportOptions.of(Precision.FP32));
            }
            return directory;
        });
    }

    /**
     * A checkpoint that speaks nonsense fast: 2 layers of 32, 2048 tokens of context, a token per byte, a chat template
     * whose control tokens {@code <|im_start|>} and {@code <|im_end|>} (end of sequence) are 254 and 255: their bytes do
     * not occur in UTF-8.
     */
    static synchronized Path tinyChatCheckpoint() {
        Path from = TINY.resolve("llama-tied");
        Path to = Path.of("target/checkpoints/tiny-chat").toAbsolutePath();
        try {
            Files.createDirectories(to);
            Files.copy(
                    from.resolve("model.safetensors"),
                    to.resolve("model.safetensors"),
                    StandardCopyOption.REPLACE_EXISTING);
            ObjectNode config = read(from.resolve("config.json"));
            config.put("max_position_embeddings", 2048).put("eos_token_id", 255);
            ObjectNode generation = read(from.resolve("generation_config.json"));
            generation.put("eos_token_id", 255);
            ObjectNode tokenizer = read(from.resolve("tokenizer.json"));
            control(tokenizer, 254, "<|im_start|>");
            control(tokenizer, 255, "<|im_end|>");
            ObjectNode tokenizerConfig = read(from.resolve("tokenizer_config.json"));
            tokenizerConfig.put("eos_token", "<|im_end|>").put("chat_template", CHAT_TEMPLATE);
            JSON.writeValue(to.resolve("config.json").toFile(), config);
            JSON.writeValue(to.resolve("generation_config.json").toFile(), generation);
            JSON.writeValue(to.resolve("tokenizer.json").toFile(), tokenizer);
            JSON.writeValue(to.resolve("tokenizer_config.json").toFile(), tokenizerConfig);
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@link #tinyChatCheckpoint()}, exported at fp32. */
    static Path tinyChat() {
        return EXPORTED.computeIfAbsent("tiny-chat", name -> {
            Path directory = Path.of("target/models").resolve(name).toAbsolutePath();
            if (!Files.exists(directory.resolve("export.json"))) {
                OnnxExporter.export(tinyChatCheckpoint(), directory, ExportOptions.of(Precision.FP32));
            }
            return directory;
        });
    }

    private static void control(ObjectNode tokenizer, int id, String content) {
        ObjectNode vocabulary = (ObjectNode) tokenizer.path("model").path("vocab");
        vocabulary.properties().removeIf(entry -> entry.getValue().asInt() == id);
        vocabulary.put(content, id);
        tokenizer
                .withArray("added_tokens")
                .addObject()
                .put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }

    private static ObjectNode read(Path file) throws IOException {
        return (ObjectNode) JSON.readTree(file.toFile());
    }
}
