package io.causalstreams.export.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the hub is and where its files are kept.
 *
 * @param endpoint the hub, without a slash at the end
 * @param token sent to the endpoint's host and to no other
 * @param cache holds {@code models--owner--name} directories
 * @param offline whether only the cache may be used
 * @param firstDelay wait before the first retry; doubles with every one that follows without progress
 * @param stallTimeout how long a transfer may be silent before it is tried again
 */
public record HubSettings(
        URI endpoint, Optional<String> token, Path cache, boolean offline, Duration firstDelay, Duration stallTimeout) {

    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");

    public HubSettings {
        if (endpoint.getHost() == null || !Set.of("http", "https").contains(endpoint.getScheme())) {
            throw new HubException("HF_ENDPOINT is " + endpoint + ", not an http or https URL; correct or unset it");
        }
    }

    /** As the user's environment says; see {@link #of}. */
    public static HubSettings fromEnvironment() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /**
     * Reads the variables {@code huggingface_hub} reads: {@code HF_ENDPOINT}, {@code HF_TOKEN} (else the file {@code token}
     * in {@code HF_HOME}), {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_HUB_OFFLINE}.
     */
    static HubSettings of(Map<String, String> environment, Path home) {
        Path hfHome = path(environment, "HF_HOME", home)
                .orElseGet(() -> path(environment, "XDG_CACHE_HOME", home)
                        .orElse(home.resolve(".cache"))
                        .resolve("huggingface"));
        return new HubSettings(
                endpoint(set(environment, "HF_ENDPOINT").orElse(DEFAULT_ENDPOINT)),
                set(environment, "HF_TOKEN").or(() -> tokenFile(hfHome.resolve("token"))),
                path(environment, "HF_HUB_CACHE", home).orElse(hfHome.resolve("hub")),
                set(environment, "HF_HUB_OFFLINE")
                        .map(value -> TRUE.contains(value.toLowerCase(Locale.ROOT)))
                        .orElse(false),
                Duration.ofMillis(500),
                Duration.ofSeconds(60));
    }

    private static Optional<String> set(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static Optional<Path> path(Map<String, String> environment, String name, Path home) {
        return set(environment, name)
                .map(value -> value.startsWith("~/") ? home.resolve(value.substring(2)) : Path.of(value));
    }

    private static URI endpoint(String value) {
        try {
            return URI.create(value.replaceAll("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new HubException("HF_ENDPOINT is " + value + ", not an http or https URL; correct or unset it", e);
        }
    }

    private static Optional<String> tokenFile(Path file) {
        try {
            return Files.exists(file)
                    ? Optional.of(Files.readString(file).strip()).filter(token -> !token.isEmpty())
                    : Optional.empty();
        } catch (IOException e) {
            // Public models need no token.
            return Optional.empty();
        }
    }

    /** Without the token, which must not reach logs. */
    @Override
    public String toString() {
        return "HubSettings[endpoint=" + endpoint + ", token=" + (token.isPresent() ? "set" : "none") + ", cache="
                + cache + ", offline=" + offline + "]";
    }
}
