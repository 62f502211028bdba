package io.causalstreams.topology.adapter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.causalstreams.topology.event.EventJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The value of a record of the adapters topic, in JSON: one version of an adapter. Its key is an {@link AdapterKey}; a tombstone takes
 * the adapter away.
 *
 * @param sha256 of the {@link AdapterArchive}, hexadecimal; names the version
 * @param uri where the archive is ({@code file:} or {@code https:}); null = it is in {@code data}
 * @param data the archive, Base64, where it is small enough for a record
 * @param base name or fingerprint of the model that it belongs to; null = not said
 * @param signature who says so; null = nobody
 * @param canary of a candidate: share of the record keys that it answers, 0..1; null = none
 * @param shadow of a candidate: whether it answers every other request too, to the topic of shadows; null = no
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AdapterEvent(
        String sha256,
        @Nullable String uri,
        @Nullable String data,
        @Nullable String base,
        @Nullable AdapterSignature signature,
        @Nullable Double canary,
        @Nullable Boolean shadow) {
    private static final ObjectMapper MAPPER = JsonMapper.builder(EventJson.boundedFactory())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** An archive in the record itself. */
    public static AdapterEvent inline(byte[] archive, @Nullable String base) {
        String data = Base64.getEncoder().encodeToString(archive);
        return new AdapterEvent(AdapterArchive.digest(archive), null, data, base, null, null, null);
    }

    /** An archive that is somewhere else. */
    public static AdapterEvent at(String uri, String sha256, @Nullable String base) {
        return new AdapterEvent(sha256, uri, null, base, null, null, null);
    }

    /** Reads a value. @throws AdapterRefusedException saying what is wrong with it */
    @SuppressWarnings("NullAway") // JSON may lack what must be there
    public static AdapterEvent read(byte[] value) {
        AdapterEvent event;
        try {
            event = MAPPER.readValue(value, AdapterEvent.class);
        } catch (IOException e) {
            throw new AdapterRefusedException("its value is not JSON of an adapter; write it with 'adapters publish'");
        }
        if (event == null || event.sha256 == null || !event.sha256.matches("[0-9a-f]{64}")) {
            throw new AdapterRefusedException("sha256 must be 64 hexadecimal digits");
        }
        if ((event.uri == null) == (event.data == null)) {
            throw new AdapterRefusedException("one of uri and data must say where the archive is");
        }
        if (event.canary != null && !(event.canary >= 0 && event.canary <= 1)) {
            throw new AdapterRefusedException("canary is " + event.canary + "; it must be between 0 and 1");
        }
        return event;
    }

    /** Its JSON. */
    public byte[] bytes() {
        try {
            return MAPPER.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, signed. */
    public AdapterEvent signed(AdapterSignature by) {
        return new AdapterEvent(sha256, uri, data, base, by, canary, shadow);
    }

    /** The same as a candidate. */
    public AdapterEvent asCandidate(@Nullable Double canaryShare, boolean inShadow) {
        return new AdapterEvent(sha256, uri, data, base, signature, canaryShare, inShadow ? true : null);
    }

    /** The same as what is served. */
    public AdapterEvent asServed() {
        return new AdapterEvent(sha256, uri, data, base, signature, null, null);
    }
}
