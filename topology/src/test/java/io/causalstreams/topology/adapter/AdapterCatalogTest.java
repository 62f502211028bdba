package io.causalstreams.topology.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.MultiModelEngine;
import io.causalstreams.topology.AdaptedEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterCatalogTest {
    private static final AdapterKey SUPPORT = new AdapterKey("support", false);
    private static final AdapterKey CANDIDATE = new AdapterKey("support", true);
    private static final AdapterEvent FIRST = TestAdapters.event("first");
    private static final AdapterEvent SECOND = TestAdapters.event("second");

    @TempDir
    Path directory;

    private final AdaptedEngine engine = AdaptedEngine.create();

    @Test
    void shouldKeepAVersionInTheEngineWhileTheTopicHasItOrARequestHoldsIt() throws IOException {
        // Given
        AdapterCatalog catalog = catalog();
        catalog.put(SUPPORT, FIRST);
        String first = "support@" + FIRST.sha256();
        catalog.hold(first);

        // When
        catalog.put(SUPPORT, SECOND);
        TestAdapters.sweepNow(catalog);

        // Then
        assertThat(engine.adapters()).containsExactlyInAnyOrder(first, "support@" + SECOND.sha256());
        assertThat(pinned(catalog, "k")).isEqualTo(SECOND.sha256());

        // and when the request ends
        catalog.release(first);
        TestAdapters.sweepNow(catalog);
        assertThat(engine.adapters()).containsExactly("support@" + SECOND.sha256());
    }

    @Test
    void shouldBringBackAVersionThatOnlyTheDiskHas() throws IOException {
        // Given
        AdapterCatalog before = catalog();
        before.put(SUPPORT, FIRST);
        AdapterPin first = new AdapterPin("support", FIRST.sha256());
        AdaptedEngine restarted = AdaptedEngine.create();
        AdapterCatalog after = new AdapterCatalog(restarted, directory, AdapterPreparation.none(), List.of());

        // When
        after.require(first, GenerationRequest.chat("hi", 1));

        // Then
        assertThat(restarted.adapters()).containsExactly(first.toString());
        assertThatThrownBy(() ->
                        after.require(new AdapterPin("support", SECOND.sha256()), GenerationRequest.chat("hi", 1)))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining("began with adapter support@" + SECOND.sha256())
                .hasMessageContaining("neither in the topic any more nor kept on this machine");
    }

    @Test
    void shouldGiveACandidateAStableShareOfTheKeys() throws IOException {
        // Given
        AdapterCatalog catalog = catalog();
        catalog.put(SUPPORT, FIRST);
        catalog.put(CANDIDATE, SECOND.asCandidate(0.2, false));

        // When
        List<String> once = IntStream.range(0, 2000)
                .mapToObj(i -> pinned(catalog, "key-" + i))
                .toList();
        List<String> again = IntStream.range(0, 2000)
                .mapToObj(i -> pinned(catalog, "key-" + i))
                .toList();

        // Then
        assertThat(again).isEqualTo(once);
        assertThat(once.stream().filter(SECOND.sha256()::equals).count()).isBetween(320L, 480L);
        catalog.remove(CANDIDATE);
        assertThat(pinned(catalog, "key-" + once.indexOf(SECOND.sha256()))).isEqualTo(FIRST.sha256());
    }

    @Test
    void shouldHaveTheModelAnswerAloneWhenTheNameIsNotThere() throws IOException {
        AdapterCatalog catalog = catalog();
        GenerationRequest behind = GenerationRequest.chat("hi", 1).withModel("scripted:support");

        AdapterPin none = Objects.requireNonNull(catalog.pin(behind, null));
        assertThat(none.applyTo(behind).adapter()).isNull();
        assertThat(none.applyTo(behind).model()).isEqualTo("scripted");

        catalog.put(SUPPORT, FIRST);
        AdapterPin pin = Objects.requireNonNull(catalog.pin(behind, null));
        assertThat(pin.applyTo(behind).adapter()).isEqualTo("support@" + FIRST.sha256());
        assertThat(AdapterPin.parse(pin.toString())).isEqualTo(pin);
        assertThat(AdapterPin.parse(none.toString())).isEqualTo(none);
        assertThat(catalog.pin(GenerationRequest.chat("hi", 1), null)).isNull();
        assertThat(catalog.pin(GenerationRequest.chat("hi", 1).withModel("other:tag"), null))
                .isNull();
    }

    @Test
    void shouldGiveAnAdapterToTheModelItBelongsTo() throws Exception {
        // Given
        AdaptedEngine small = AdaptedEngine.create();
        AdaptedEngine large = AdaptedEngine.create();
        MultiModelEngine both = new MultiModelEngine("small", small);
        both.load("large", large);
        both.alias("gpt", "large");
        AdapterCatalog catalog = new AdapterCatalog(both, directory, AdapterPreparation.none(), List.of());
        AdapterEvent ofLarge = AdapterEvent.inline(TestAdapters.archive("first"), "large");

        // When
        catalog.put(SUPPORT, ofLarge);
        catalog.put(CANDIDATE, ofLarge.asCandidate(0.0, true));

        // Then
        String version = "support@" + ofLarge.sha256();
        assertThat(large.adapters()).containsExactly(version);
        assertThat(small.adapters()).isEmpty();
        assertThat(pin(catalog, "large:support")).isEqualTo(version);
        assertThat(pin(catalog, "gpt:support")).isEqualTo(version);
        assertThat(pin(catalog, "small:support")).as("the model alone").isEqualTo("support@");
        assertThat(catalog.pin(GenerationRequest.chat("hi", 1).withAdapter("support"), null))
                .as("by the default model")
                .isEqualTo(new AdapterPin("support", null));
        assertThat(catalog.pin(GenerationRequest.chat("hi", 1).withModel("none:x"), null))
                .isNull();
        assertThat(catalog.shadow(GenerationRequest.chat("hi", 1).withModel("small"), new AdapterPin("support", null)))
                .isNull();

        // and what cannot be used changes nothing
        assertRefused(catalog, SECOND, "it names no base, and this serves ");
        assertRefused(
                catalog,
                AdapterEvent.inline(TestAdapters.archive("x"), both.model().fingerprint()),
                "publish it with --base and one of these names");
        assertRefused(catalog, AdapterEvent.inline(TestAdapters.archive("x"), "other"), "belongs to model other");
        assertThat(pin(catalog, "large:support")).isEqualTo(version);

        // and without it
        catalog.remove(CANDIDATE);
        catalog.remove(SUPPORT);
        TestAdapters.sweepNow(catalog);
        assertThat(large.adapters()).isEmpty();
        catalog.require(
                new AdapterPin("support", ofLarge.sha256()),
                GenerationRequest.chat("hi", 1).withModel("large:support"));
        assertThat(large.adapters()).containsExactly(version);
        assertThat(small.adapters()).isEmpty();
    }

    @Test
    void shouldKeepWhatIsServedWhenARecordCannotBeUsed() throws Exception {
        // Given
        AdapterCatalog catalog = catalog();
        catalog.put(SUPPORT, FIRST);
        String data = Objects.requireNonNull(SECOND.data());

        // When / Then
        assertRefused(catalog, new AdapterEvent("0".repeat(64), null, data, null, null, null, null), "has the digest");
        assertRefused(catalog, AdapterEvent.inline(TestAdapters.archive("x"), "other"), "belongs to model other");
        assertRefused(catalog, AdapterEvent.inline(zip("../evil"), null), "holds more than");
        assertRefused(
                catalog, AdapterEvent.inline("no zip".getBytes(StandardCharsets.UTF_8), null), "has no adapter_config");
        assertRefused(catalog, AdapterEvent.at("ftp://host/a.zip", "1".repeat(64), null), "file: and https: are read");
        assertThatThrownBy(() -> catalog.put(
                        SUPPORT,
                        AdapterEvent.at(directory.resolve("none").toUri().toString(), "2".repeat(64), null)))
                .isInstanceOf(IOException.class);
        assertThat(pinned(catalog, "k")).isEqualTo(FIRST.sha256());
        try (var files = Files.list(directory)) {
            assertThat(files).as("what is half done is removed").hasSize(1);
        }
    }

    @Test
    void shouldTakeOnlyWhatATrustedKeySignedForThisName() throws Exception {
        // Given
        KeyPair trusted = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        AdapterCatalog catalog =
                new AdapterCatalog(engine, directory, AdapterPreparation.none(), List.of(trusted.getPublic()));

        // When / Then
        catalog.put(SUPPORT, signed(SUPPORT, trusted));
        catalog.put(CANDIDATE, signed(SUPPORT, trusted).asCandidate(0.5, true));
        assertThat(pinned(catalog, "k")).isEqualTo(FIRST.sha256());
        assertRefused(catalog, SECOND, "it is not signed");
        assertRefused(catalog, signed(SUPPORT, other), "is none of the trusted ones");
        assertRefused(
                catalog, signed(new AdapterKey("billing", false), trusted), "its signature is not that of this name");
    }

    @Test
    void shouldReadItsOwnRecordsAndSayWhatIsWrongWithOthers() {
        AdapterEvent event = SECOND.asCandidate(0.25, true);
        assertThat(AdapterEvent.read(event.bytes())).isEqualTo(event);
        assertThat(AdapterKey.read(CANDIDATE.bytes())).isEqualTo(CANDIDATE);
        assertThat(AdapterEvent.inline(TestAdapters.archive("second"), null).sha256())
                .as("an equal adapter has an equal digest")
                .isEqualTo(SECOND.sha256());
        for (String json : List.of(
                "",
                "[]",
                "null",
                "{\"sha256\":\"x\",\"uri\":\"file:/a\"}",
                "{\"sha256\":\"" + "0".repeat(64) + "\"}")) {
            assertThatThrownBy(() -> AdapterEvent.read(json.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(AdapterRefusedException.class);
        }
        assertThatThrownBy(() -> AdapterKey.read("a/b".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(AdapterRefusedException.class);
    }

    private AdapterCatalog catalog() {
        return new AdapterCatalog(engine, directory, AdapterPreparation.none(), List.of());
    }

    private static AdapterEvent signed(AdapterKey key, KeyPair pair) {
        return FIRST.signed(AdapterSignature.sign(key, FIRST, pair.getPrivate(), pair.getPublic()));
    }

    private static void assertRefused(AdapterCatalog catalog, AdapterEvent event, String message) {
        assertThatThrownBy(() -> catalog.put(SUPPORT, event))
                .isInstanceOf(AdapterRefusedException.class)
                .hasMessageContaining(message);
    }

    private static String pinned(AdapterCatalog catalog, String key) {
        GenerationRequest request = GenerationRequest.chat("hi", 1).withAdapter("support");
        AdapterPin pin = catalog.pin(request, key.getBytes(StandardCharsets.UTF_8));
        return Objects.requireNonNull(Objects.requireNonNull(pin).sha256());
    }

    private static String pin(AdapterCatalog catalog, String model) {
        GenerationRequest request = GenerationRequest.chat("hi", 1).withModel(model);
        return Objects.requireNonNull(catalog.pin(request, null)).toString();
    }

    private static byte[] zip(String entry) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(1);
        }
        return bytes.toByteArray();
    }
}
