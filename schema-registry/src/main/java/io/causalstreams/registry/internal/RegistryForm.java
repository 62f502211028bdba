package io.causalstreams.registry.internal;

import io.causalstreams.registry.RegisteredSchema;
import io.causalstreams.registry.SchemaRegistry;
import io.causalstreams.registry.SchemaRegistryException;
import io.causalstreams.registry.SchemaType;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.OutputForm;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of a subject as forms. The registry is asked when this is made and then, beside the stream threads, each time a
 * record arrives and the last answer is older than {@link #REFRESH}. While it does not answer, or has a version of which no
 * form can be made, the version before stays the latest; the log says which, and why, once.
 *
 * <p>Threading: any.
 *
 * @param <T> what an answer becomes
 */
public final class RegistryForm<T> implements OutputForm<T> {

    private static final Logger log = LoggerFactory.getLogger(RegistryForm.class);

    /** {@link RegisteredSchema#name}. */
    private static final Pattern NAME = Pattern.compile("(.*) version (\\d{1,9})");

    /** How old the latest version may be. */
    public static final Duration REFRESH = Duration.ofSeconds(15);

    private final SchemaRegistry registry;
    private final String subject;
    private final SchemaType type;
    private final Function<RegisteredSchema, OutputForm.Version<T>> forms;
    private final long refreshNanos;
    private final Map<Integer, OutputForm.Version<T>> versions = new ConcurrentHashMap<>();
    private final AtomicBoolean refreshing = new AtomicBoolean();

    private volatile OutputForm.Version<T> latest;
    private volatile int latestVersion;
    private volatile int refusedVersion;
    private volatile @Nullable String said;
    private volatile long asOf;

    /**
     * Asks for the latest version, and waits for it.
     *
     * @param forms makes a form of a version; throws {@link SchemaRegistryException} where there is none
     * @throws SchemaRegistryException if it cannot be had, is of another type, or no form can be made of it
     */
    public RegistryForm(
            SchemaRegistry registry,
            String subject,
            SchemaType type,
            Duration refresh,
            Function<RegisteredSchema, OutputForm.Version<T>> forms) {
        this.registry = registry;
        this.subject = subject;
        this.type = type;
        this.forms = forms;
        this.refreshNanos = refresh.toNanos();
        RegisteredSchema first = registry.latest(subject);
        this.latest = form(first);
        this.latestVersion = first.version();
        this.asOf = System.nanoTime();
    }

    @Override
    public OutputForm.Version<T> latest() {
        if (System.nanoTime() - asOf > refreshNanos && refreshing.compareAndSet(false, true)) {
            Thread refresh = new Thread(this::refresh, "causal-streams-schema-" + subject);
            refresh.setDaemon(true);
            refresh.start();
        }
        return latest;
    }

    @Override
    public OutputForm.Version<T> version(String id) {
        int version = number(id);
        OutputForm.Version<T> known = versions.get(version);
        if (known != null) {
            return known;
        }
        try {
            return form(registry.version(subject, version));
        } catch (SchemaRegistryException e) {
            throw new FormUnavailableException(
                    "a journaled record is to be answered by " + id + ", which cannot be had: " + e.getMessage(), e);
        }
    }

    private int number(String id) {
        Matcher named = NAME.matcher(id);
        if (!named.matches() || !named.group(1).equals(subject)) {
            throw new FormUnavailableException(
                    "a journaled record is to be answered by " + id + ", and the subject is " + subject
                            + "; let an operator of that subject finish it",
                    null);
        }
        return Integer.parseInt(named.group(2));
    }

    private void refresh() {
        try {
            RegisteredSchema now = registry.latest(subject);
            if (now.version() != latestVersion && now.version() != refusedVersion) {
                take(now);
            }
            said = null;
        } catch (RuntimeException e) {
            sayOnce(String.valueOf(e.getMessage()));
        } finally {
            asOf = System.nanoTime();
            refreshing.set(false);
        }
    }

    private void take(RegisteredSchema now) {
        try {
            latest = form(now);
            latestVersion = now.version();
            log.info("{} is registered (schema id {})", now.name(), now.id());
        } catch (SchemaRegistryException e) {
            refusedVersion = now.version();
            log.error(
                    "{} is registered and cannot be served; answers go on in version {}: {}",
                    now.name(),
                    latestVersion,
                    e.getMessage());
        }
    }

    private void sayOnce(String why) {
        if (!why.equals(said)) {
            log.warn("answers go on in {} version {}: {}", subject, latestVersion, why);
            said = why;
        }
    }

    private OutputForm.Version<T> form(RegisteredSchema schema) {
        if (schema.type() != type) {
            throw new SchemaRegistryException(
                    schema.name() + " is of type " + schema.type() + ", the operator writes " + type);
        }
        OutputForm.Version<T> form = forms.apply(schema);
        versions.put(schema.version(), form);
        return form;
    }
}
