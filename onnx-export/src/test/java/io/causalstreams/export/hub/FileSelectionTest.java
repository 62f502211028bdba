package io.causalstreams.export.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FileSelectionTest {

    private static final Repository REPOSITORY = Repository.parse("owner/tiny");

    @Test
    void shouldTakeOneGgufFileOfManyNearlyLosslessOnesFirst() {
        assertThat(select("m.Q4_K_M.gguf", "m.Q8_0.gguf", "m.F16.gguf", "mmproj-m.gguf"))
                .containsExactly("m.Q8_0.gguf");
        assertThat(select("m-q4_0.gguf", "m-q4_k_m.gguf", "README.md")).containsExactly("m-q4_k_m.gguf");
        assertThat(select("m.IQ4_NL.gguf")).containsExactly("m.IQ4_NL.gguf");
    }

    @Test
    void shouldTakeAllPartsOfAGgufModelAndNoneThatIsIncomplete() {
        assertThat(select("m-Q8_0-00001-of-00002.gguf", "m-Q8_0-00002-of-00002.gguf", "m-Q4_K_M.gguf"))
                .containsExactly("m-Q8_0-00001-of-00002.gguf", "m-Q8_0-00002-of-00002.gguf");
        assertThat(select("m-Q8_0-00001-of-00002.gguf", "m-Q4_K_M.gguf")).containsExactly("m-Q4_K_M.gguf");
        assertThat(FileSelection.isWhole(List.of("m-Q8_0-00001-of-00002.gguf"))).isFalse();
    }

    @Test
    void shouldReadQuantizationsAsWholeWords() {
        assertThat(select("f16-tales.IQ3_XS.gguf", "m.BF16.gguf", "z.Q4_0.gguf"))
                .containsExactly("m.BF16.gguf");
        assertThat(select("m-IQ4_0X.gguf", "m-Q4_0.gguf")).containsExactly("m-Q4_0.gguf");
    }

    @Test
    void shouldPreferSafetensorsToGguf() {
        assertThat(select("m.gguf", "config.json", "model.safetensors"))
                .containsExactly("config.json", "model.safetensors");
    }

    @Test
    void shouldTakeWhatSaysHowTextsBecomeVectors() {
        assertThat(select(
                        "1_Pooling/config.json",
                        "2_Dense/config.json",
                        "2_Dense/model.safetensors",
                        "2_Dense/pytorch_model.bin",
                        "config.json",
                        "model.safetensors",
                        "modules.json",
                        "onnx/config.json"))
                .containsExactly(
                        "1_Pooling/config.json",
                        "2_Dense/config.json",
                        "2_Dense/model.safetensors",
                        "config.json",
                        "modules.json",
                        "model.safetensors");
    }

    @Test
    void shouldRefuseRepositoriesWithoutCheckpoint() {
        assertThatThrownBy(() -> select("config.json", "pytorch_model.bin"))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("owner/tiny: holds neither");
    }

    @Test
    void shouldKnowWholeSnapshots() {
        assertThat(FileSelection.isWhole(List.of("config.json", "model.safetensors")))
                .isTrue();
        assertThat(FileSelection.isWhole(List.of("m.gguf"))).isTrue();
        assertThat(FileSelection.isWhole(List.of("config.json", "model-00001-of-00002.safetensors")))
                .isFalse();
        assertThat(FileSelection.isWhole(
                        List.of("config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")))
                .isTrue();
        assertThat(FileSelection.isWhole(List.of("config.json"))).isFalse();
    }

    private static List<String> select(String... files) {
        return FileSelection.of(REPOSITORY, List.of(files));
    }
}
