package io.causalstreams.export.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HubClientTest {

    private static final byte[] WEIGHTS = new byte[3_000_000];

    static {
        new Random(7).nextBytes(WEIGHTS);
    }

    @TempDir
    Path cache;

    private FakeHub hub;

    @BeforeEach
    void startHub() throws IOException {
        hub = new FakeHub()
                .file("config.json", "{\"model_type\":\"llama\"}")
                .file("tokenizer.json", "{}")
                .file("README.md", "# Tiny")
                .file("pytorch_model.bin", "pickled")
                .file("onnx/model.safetensors", "nested")
                .file("model.safetensors", WEIGHTS);
    }

    @AfterEach
    void stopHub() {
        hub.close();
    }

    @Test
    void shouldDownloadConfigurationTokenizerAndWeightsIntoTheCacheLayoutOfHuggingFace() throws IOException {
        // When
        Path snapshot = client().download("owner/tiny", HubListener.NONE);

        // Then
        Path folder = cache.resolve("models--owner--tiny");
        assertThat(snapshot).isEqualTo(folder.resolve("snapshots").resolve(FakeHub.COMMIT));
        assertThat(namesIn(snapshot)).containsExactlyInAnyOrder("config.json", "tokenizer.json", "model.safetensors");
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(Files.readSymbolicLink(snapshot.resolve("config.json")).toString())
                .startsWith("../../blobs/");
        assertThat(folder.resolve("refs/main")).hasContent(FakeHub.COMMIT);
        assertThat(namesIn(folder.resolve("blobs"))).hasSize(3).noneMatch(name -> name.endsWith(".incomplete"));
    }

    @Test
    void shouldBringFilesOfTheSameContentOnce() throws IOException {
        // Given
        hub.file("model-00001-of-00002.safetensors", WEIGHTS)
                .file("model-00002-of-00002.safetensors", WEIGHTS)
                .file("model.safetensors.index.json", "{\"weight_map\":{}}");

        // When
        Path snapshot = client().download("owner/tiny", HubListener.NONE);

        // Then
        assertThat(snapshot.resolve("model-00001-of-00002.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(snapshot.resolve("model-00002-of-00002.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(rangesAtStorage()).hasSize(1);
    }

    @Test
    void shouldResumeWhereTheConnectionBroke() throws IOException {
        // Given a hub that ends every connection after a million bytes
        hub.dropConnectionsAfter(1_000_000);

        // When
        Path snapshot = client().download("owner/tiny", HubListener.NONE);

        // Then three connections brought a part each
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(rangesAtStorage()).hasSizeBetween(3, 8).startsWith("null").doesNotHaveDuplicates();
    }

    @Test
    void shouldContinueAnEarlierProcessesDownload() throws IOException {
        // Given half of the file, as an interrupted process left it
        client().download("owner/tiny", HubListener.NONE);
        Path blob = cache.resolve("models--owner--tiny/snapshots/" + FakeHub.COMMIT + "/model.safetensors")
                .toRealPath();
        Files.write(blob.resolveSibling(blob.getFileName() + ".incomplete"), Arrays.copyOf(WEIGHTS, 1_500_000));
        Files.delete(blob);

        // When
        Path snapshot = client().download("owner/tiny", HubListener.NONE);

        // Then
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(rangesAtStorage()).containsExactly("null", "bytes=1500000-");
    }

    @Test
    void shouldStartAgainWhenTheServerIgnoresRanges() throws IOException {
        // Given
        hub.ignoreRanges().stallOnce();

        // When
        Path snapshot = client().download("owner/tiny", HubListener.NONE);

        // Then
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void shouldGiveUpOnServersThatNeverGetFurther() {
        // Given
        hub.ignoreRanges().dropConnectionsAfter(1000);

        // When, Then
        assertThatThrownBy(() -> client().download("owner/tiny", HubListener.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("owner/tiny/model.safetensors: failed 5 times")
                .hasMessageContaining("downloads resume");
    }

    @Test
    void shouldRetryWhenTheHubIsBusy() {
        // Given
        hub.failTimes(3);

        // When
        Path snapshot = client().download("owner/tiny", HubListener.NONE);

        // Then
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void shouldRefuseContentThatIsNotWhatTheEtagPromises() throws IOException {
        // Given
        hub.lieAboutEtagOf("model.safetensors", "0".repeat(64));

        // When, Then
        assertThatThrownBy(() -> client().download("owner/tiny", HubListener.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("owner/tiny/model.safetensors: the content is not what the hub's ETag 000");
        assertThat(namesIn(cache.resolve("models--owner--tiny/blobs"))).noneMatch(name -> name.startsWith("000"));
        assertThat(cache.resolve("models--owner--tiny/snapshots")).doesNotExist();
    }

    @Test
    void shouldCheckSmallFilesByTheirGitDigest() {
        // Given
        hub.lieAboutEtagOf("config.json", "1".repeat(40));

        // When, Then
        assertThatThrownBy(() -> client().download("owner/tiny", HubListener.NONE))
                .hasMessageContaining("owner/tiny/config.json: the content is not what the hub's ETag 111");
    }

    @Test
    void shouldRefuseEtagThatCannotNameAFile() {
        // Given
        hub.lieAboutEtagOf("config.json", "../../outside");

        // When, Then
        assertThatThrownBy(() -> client().download("owner/tiny", HubListener.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("cannot name a file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../model.safetensors", "/etc/passwd", "a/../../b", "a\\\\b"})
    void shouldRefuseFileNamesThatLeadOutOfTheCache(String name) {
        // Given
        hub.file(name, "evil");

        // When, Then
        assertThatThrownBy(() -> client().download("owner/tiny", HubListener.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("not a plain relative path");
    }

    @Test
    void shouldSendTheTokenToTheEndpointOnly() {
        // When
        client(Optional.of("secret"), false).download("owner/tiny", HubListener.NONE);

        // Then
        assertThat(hub.requests())
                .filteredOn(request -> request.server().equals("hub"))
                .isNotEmpty()
                .allMatch(request -> request.authorization().equals("Bearer secret"));
        assertThat(hub.requests())
                .filteredOn(request -> request.server().equals("storage"))
                .isNotEmpty()
                .allMatch(request -> request.authorization().equals("null"));
    }

    @Test
    void shouldTellProgressUpToTheLastByte() {
        // Given
        List<Long> done = new ArrayList<>();
        List<Long> total = new ArrayList<>();

        // When
        client().download("owner/tiny", (doneBytes, totalBytes) -> {
            done.add(doneBytes);
            total.add(totalBytes);
        });

        // Then
        long size = WEIGHTS.length + 22L + 2;
        assertThat(done).isSorted().endsWith(size).hasSizeGreaterThan(2);
        assertThat(total).containsOnly(size);
    }

    @Test
    void shouldNotDownloadTwice() {
        // Given
        client().download("owner/tiny", HubListener.NONE);
        int before = hub.requests().size();

        // When
        client().download("owner/tiny", HubListener.NONE);

        // Then only the revision was asked for
        assertThat(hub.requests().subList(before, hub.requests().size()))
                .singleElement()
                .satisfies(request -> assertThat(request.path()).startsWith("/api/models/"));
    }

    @Test
    void shouldServeTheCacheOffline() {
        // Given
        Path online = client().download("owner/tiny", HubListener.NONE);
        int before = hub.requests().size();

        // When
        Path offline = client(Optional.empty(), true).download("owner/tiny", HubListener.NONE);

        // Then
        assertThat(offline).isEqualTo(online);
        assertThat(hub.requests()).hasSize(before);
        assertThatThrownBy(() -> client(Optional.empty(), true).download("owner/tiny@v2", HubListener.NONE))
                .hasMessageContaining("HF_HUB_OFFLINE is set");
    }

    @Test
    void shouldServeTheCacheWhenTheHubCannotBeReached() {
        // Given
        Path online = client().download("owner/tiny", HubListener.NONE);
        HubClient client = client();
        hub.close();

        // When
        Path cached = client.download("owner/tiny", HubListener.NONE);

        // Then
        assertThat(cached).isEqualTo(online);
    }

    @Test
    void shouldNameTheHubThatCannotBeReached() {
        // Given
        HubClient client = client();
        hub.close();

        // When, Then
        assertThatThrownBy(() -> client.download("owner/tiny", HubListener.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("cannot connect to " + hub.endpoint().getAuthority());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void shouldSayWhyTheHubRefuses(int status) {
        // Given
        hub.refuseWith(status);

        // When, Then
        assertThatThrownBy(() -> client().download("owner/tiny@v1", HubListener.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageStartingWith("owner/tiny@v1 " + (status == 404 ? "does not exist" : "is private or gated"));
        assertThat(hub.requests()).hasSize(1);
    }

    @Test
    void shouldTakeShardsAndTheirIndex() throws IOException {
        // Given
        hub.file("model.safetensors.index.json", "{}")
                .file("model-00001-of-00002.safetensors", "a")
                .file("model-00002-of-00002.safetensors", "b");

        // When
        Path snapshot = client().download("owner/tiny@v1.0", HubListener.NONE);

        // Then
        assertThat(namesIn(snapshot))
                .contains(
                        "model.safetensors.index.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors")
                .doesNotContain("model.safetensors");
        assertThat(cache.resolve("models--owner--tiny/refs/v1.0")).hasContent(FakeHub.COMMIT);
    }

    private HubClient client() {
        return client(Optional.empty(), false);
    }

    private HubClient client(Optional<String> token, boolean offline) {
        return new HubClient(
                new HubSettings(hub.endpoint(), token, cache, offline, Duration.ofMillis(2), Duration.ofMillis(500)));
    }

    private List<String> rangesAtStorage() {
        return hub.requests().stream()
                .filter(request -> request.server().equals("storage"))
                .map(FakeHub.Request::range)
                .toList();
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
