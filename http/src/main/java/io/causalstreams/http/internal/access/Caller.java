package io.causalstreams.http.internal.access;

import org.jspecify.annotations.Nullable;

/** Who asks. */
public final class Caller {
    private final @Nullable ApiKey key;

    /** @param key null = anybody: there are no keys */
    Caller(@Nullable ApiKey key) {
        this.key = key;
    }

    @Nullable
    ApiKey key() {
        return key;
    }

    /** Null = anybody. */
    public @Nullable String name() {
        return key == null ? null : key.name();
    }

    /** Whether everybody's requests may be shown to this one. */
    public boolean mayUseConsole() {
        return key == null || key.console();
    }

    /** A name of the caller's choosing, an id or a conversation, made one that is nobody else's. */
    public String own(String chosen) {
        return key == null ? chosen : key.name() + ":" + chosen;
    }

    /** Whether something that was named by {@link #own} is this caller's. */
    public boolean owns(String named) {
        return key == null || named.startsWith(key.name() + ":");
    }
}
