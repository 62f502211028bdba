package io.causalstreams.inference.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/** Files under {@code src/test/resources}. */
public final class Resources {
    private Resources() {}

    public static JsonNode json(String name) {
        try (InputStream in = open(name)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    public static Path directory(String name) {
        return Path.of(URI.create(
                Objects.requireNonNull(Resources.class.getClassLoader().getResource(name), name)
                        .toString()));
    }

    public static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    /** Unpacks the tokenizer of SmolLM2-135M-Instruct (49,152 tokens, byte-level BPE) into {@code directory}. */
    public static Path smolLm2Tokenizer(Path directory) {
        String folder = "tokenizers/smollm2/";
        try (InputStream tokenizer = new GZIPInputStream(open(folder + "tokenizer.json.gz"));
                InputStream config = open(folder + "tokenizer_config.json")) {
            Files.copy(tokenizer, directory.resolve("tokenizer.json"));
            Files.copy(config, directory.resolve("tokenizer_config.json"));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(folder, e);
        }
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(Resources.class.getClassLoader().getResourceAsStream(name), name);
    }
}
