package io.causalstreams.export.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HubSettingsTest {

    @TempDir
    Path home;

    @Test
    void shouldUseThePublicHubAndTheUsersCacheByDefault() {
        // When
        HubSettings settings = HubSettings.of(Map.of(), home);

        // Then
        assertThat(settings.endpoint()).hasToString("https://huggingface.co");
        assertThat(settings.cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(settings.token()).isEmpty();
        assertThat(settings.offline()).isFalse();
    }

    @Test
    void shouldReadTheVariablesOfHuggingFace() throws IOException {
        // Given
        Path hfHome = Files.createDirectory(home.resolve("hf"));
        Files.writeString(hfHome.resolve("token"), "from-file\n");

        // When
        HubSettings settings = HubSettings.of(
                Map.of("HF_ENDPOINT", "https://mirror.example/", "HF_HOME", hfHome.toString(), "HF_HUB_OFFLINE", "Yes"),
                home);

        // Then
        assertThat(settings.endpoint()).hasToString("https://mirror.example");
        assertThat(settings.cache()).isEqualTo(hfHome.resolve("hub"));
        assertThat(settings.token()).contains("from-file");
        assertThat(settings.offline()).isTrue();
        assertThat(settings.toString()).doesNotContain("from-file");
        assertThat(HubSettings.of(Map.of("HF_HOME", hfHome.toString(), "HF_TOKEN", "set"), home)
                        .token())
                .contains("set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://hub", "hub.example", "http://", "ht tp://x"})
    void shouldRefuseEndpointThatIsNoUrl(String endpoint) {
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", endpoint), home))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("HF_ENDPOINT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "a/b/c", "../b", "a/..", "a/b@", "a/b@../../x", "a--b/c", "a/b@x\\y", ""})
    void shouldRefuseNamesThatAreNoRepository(String source) {
        assertThatThrownBy(() -> Repository.parse(source)).isInstanceOf(HubException.class);
    }
}
