package io.causalstreams.export.internal.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SafetensorsCheckpointTest {

    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";

    @TempDir
    Path directory;

    @BeforeEach
    void writeConfig() throws IOException {
        write("config.json", "{\"model_type\":\"llama\"}");
    }

    @Test
    void shouldOpenSingleFile() throws IOException {
        // Given
        Files.write(directory.resolve("model.safetensors"), SafetensorsBytes.vector("a", 1, 2, 3));

        // When
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(directory)) {

            // Then
            assertThat(checkpoint.config().path("model_type").asText()).isEqualTo("llama");
            assertThat(checkpoint.weights().names()).containsExactly("a");
            assertThat(checkpoint.weights().shape("a")).containsExactly(3);
            assertThat(checkpoint.weights().read("a")).containsExactly(1, 2, 3);
        }
    }

    @Test
    void shouldReadShardsWithoutIndex() throws IOException {
        // Given
        writeShards();

        // When
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(directory)) {

            // Then
            assertThat(checkpoint.weights().read("a")).containsExactly(1);
            assertThat(checkpoint.weights().read("b")).containsExactly(2);
        }
    }

    @Test
    void shouldNameMissingShardWithoutIndex() throws IOException {
        // Given
        writeShards();
        Files.delete(directory.resolve(SECOND));

        // When, Then
        assertThatThrownBy(() -> SafetensorsCheckpoint.open(directory))
                .hasMessageContaining(SECOND + ": shard is missing");
    }

    @Test
    void shouldNameMissingShardOfIndex() throws IOException {
        // Given
        writeIndex("{\"a\":\"" + FIRST + "\",\"b\":\"" + SECOND + "\"}");
        Files.write(directory.resolve(FIRST), SafetensorsBytes.vector("a", 1));

        // When, Then
        assertThatThrownBy(() -> SafetensorsCheckpoint.open(directory))
                .hasMessageContaining(SECOND + ": shard is missing");
    }

    @Test
    void shouldNameTensorTheIndexPromisesInVain() throws IOException {
        // Given
        writeIndex("{\"a\":\"" + FIRST + "\",\"z\":\"" + FIRST + "\"}");
        Files.write(directory.resolve(FIRST), SafetensorsBytes.vector("a", 1));

        // When, Then
        assertThatThrownBy(() -> SafetensorsCheckpoint.open(directory)).hasMessageContaining("lacks tensor z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../secret.safetensors", "/etc/passwd", "a/b.safetensors", "..", "", "C:\\\\x", "a\\u0000b"})
    void shouldRefuseShardNameThatLeadsOutOfTheDirectory(String name) throws IOException {
        // Given
        writeIndex("{\"a\":\"" + name + "\"}");

        // When, Then
        assertThatThrownBy(() -> SafetensorsCheckpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("not a plain file name");
    }

    @Test
    void shouldSayWhichTypeCannotBeRead() throws IOException {
        // Given
        Files.write(
                directory.resolve("model.safetensors"),
                SafetensorsBytes.of(
                        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", new byte[4]));

        // When
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(directory)) {

            // Then
            assertThatThrownBy(() -> checkpoint.weights().read("a")).hasMessageContaining("tensor a has type F8_E4M3");
            assertThatThrownBy(() -> checkpoint.weights().read("b")).hasMessageContaining("has no tensor b");
        }
    }

    @Test
    void shouldWriteTokenizerFilesInTheirPlainestForm() throws IOException {
        // Given
        Files.write(directory.resolve("model.safetensors"), SafetensorsBytes.vector("a", 1));
        write("tokenizer.json", "{\"model\":{}}");
        write("tokenizer_config.json", "{\"bos_token\":{\"content\":\"<s>\"}}");
        write("special_tokens_map.json", "{\"eos_token\":\"</s>\"}");
        write("chat_template.jinja", "{{ messages }}");
        write("generation_config.json", "{\"eos_token_id\":[1,2]}");
        Path target = Files.createDirectory(directory.resolve("out"));

        // When
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(directory)) {
            checkpoint.writeTokenizer(target);
        }

        // Then
        assertThat(JsonFiles.readObject(target.resolve("tokenizer_config.json")))
                .isEqualTo(JsonFiles.MAPPER.readTree(
                        "{\"bos_token\":\"<s>\",\"eos_token\":\"</s>\",\"chat_template\":\"{{ messages }}\"}"));
        assertThat(target.resolve("tokenizer.json")).hasContent("{\"model\":{}}");
        assertThat(target.resolve("generation_config.json")).hasContent("{\"eos_token_id\":[1,2]}");
    }

    @Test
    void shouldLeaveOutAddedTokensThatTheModelHasNoEmbeddingOf(@TempDir Path target) throws IOException {
        // Given
        Files.write(directory.resolve("model.safetensors"), SafetensorsBytes.vector("a", 1));
        write("config.json", "{\"vocab_size\":5}");
        write("tokenizer.json", "{\"added_tokens\":[{\"id\":4,\"content\":\"<a>\"},{\"id\":5,\"content\":\"<b>\"}]}");

        // When
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(directory)) {
            checkpoint.writeTokenizer(target);
        }

        // Then
        assertThat(JsonFiles.readObject(target.resolve("tokenizer.json")).path("added_tokens"))
                .hasSize(1)
                .allMatch(token -> token.path("id").asInt() == 4);
    }

    @Test
    void shouldSayWhatADirectoryLacks() throws IOException {
        assertThatThrownBy(() -> SafetensorsCheckpoint.open(directory)).hasMessageContaining("holds no *.safetensors");
        Files.delete(directory.resolve("config.json"));
        assertThatThrownBy(() -> SafetensorsCheckpoint.open(directory)).hasMessageContaining("has no config.json");
    }

    private void writeShards() throws IOException {
        Files.write(directory.resolve(FIRST), SafetensorsBytes.vector("a", 1));
        Files.write(directory.resolve(SECOND), SafetensorsBytes.vector("b", 2));
    }

    private void writeIndex(String weightMap) throws IOException {
        write("model.safetensors.index.json", "{\"weight_map\":" + weightMap + "}");
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }
}
