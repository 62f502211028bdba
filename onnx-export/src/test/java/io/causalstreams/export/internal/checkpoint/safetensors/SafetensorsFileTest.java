package io.causalstreams.export.internal.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.HeapByteSource;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.quantized.RawTensor;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafetensorsFileTest {

    @Test
    void shouldReadFloatHalfAndBrainFloatTensors() {
        // Given 1, -2 as F32, F16 and BF16
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[8,12]},"
                + "\"c\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[12,16]}}";
        byte[] data = {
            0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0, 0, 0x3c, 0, (byte) 0xc0, (byte) 0x80, 0x3f, 0, (byte) 0xc0
        };

        // When
        SafetensorsFile file = open(SafetensorsBytes.of(header, data));

        // Then
        assertThat(file.tensors()).containsOnlyKeys("a", "b", "c");
        file.tensors().values().forEach(tensor -> assertThat(tensor.read()).containsExactly(1f, -2f));
        assertThat(tensor(file, "a").shape()).containsExactly(2L, 1L);
    }

    @Test
    void shouldKeepTensorsOfOtherTypesApart() {
        // Given
        String header = "{\"ids\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}";

        // When
        SafetensorsFile file = open(SafetensorsBytes.of(header, new byte[8]));

        // Then
        assertThat(file.tensors()).isEmpty();
        assertThat(file.stored().get("ids")).extracting(RawTensor::type).isEqualTo("I64");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}} | Duplicate
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | begins at 4
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}                                                     | begins at 4
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                                                     | tensors end at byte 4
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}                                                     | has 8 bytes
            {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}                                                    | tensors end at byte 16
            {"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}                                 | impossible shape
            {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}                                                    | natural numbers
            {"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}                                                   | natural numbers
            {"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}                                  | natural numbers
            {"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}                                                     | unknown type F33
            {"a":{"dtype":"F32","shape":[2]}}                                                                          | lacks
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}                                                  | after its JSON object
            {"a":{"dtype":"F32"                                                                                        | not valid JSON
            [1]                                                                                                        | not a JSON object
            """)
    void shouldRefuseHeaderThatBreaksTheFormat(String header, String reason) {
        assertThatThrownBy(() -> open(SafetensorsBytes.of(header, new byte[8])))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldRefuseHeaderLongerThanTheFile() {
        // Given
        byte[] file = SafetensorsBytes.vector("a", 1);
        file[6] = 1;

        // When, Then
        assertThatThrownBy(() -> open(file)).hasMessageContaining("claims a header of");
    }

    @Test
    void shouldNameTensorThatHoldsNaN() {
        // Given
        SafetensorsFile file = open(SafetensorsBytes.vector("model.norm.weight", 1, Float.NaN));

        // When, Then
        assertThatThrownBy(() -> tensor(file, "model.norm.weight").read())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("model.norm.weight holds NaN at element 1");
    }

    private static SafetensorsFile open(byte[] bytes) {
        return SafetensorsFile.open(HeapByteSource.of(bytes));
    }

    private static StoredTensor tensor(SafetensorsFile file, String name) {
        return Objects.requireNonNull(file.tensors().get(name));
    }
}
