package io.causalstreams.topology.adapter;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Which version of an adapter a request gets. What the topic says is {@linkplain #put put} here; a request is {@linkplain #pin pinned}
 * to a version when it arrives, and holds it until it ends. A version is in the engine, under the name {@code name@sha256}, while the
 * topic has it or a request holds it.
 *
 * <p>Where the engine is {@linkplain GenerationEngine#engines several}, an adapter belongs to the one that its record names, and is unknown
 * to requests of the others.
 *
 * <p>Threading: any thread.
 */
public final class AdapterCatalog {
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(14);

    /** Between being pinned and held a request is only read. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final @Nullable GenerationEngine engine;
    private final FetchedAdapters files;
    private final AdapterPreparation preparation;
    private final List<PublicKey> trusted;
    private final Map<String, Version> served = new ConcurrentHashMap<>();
    private final Map<String, Version> candidates = new ConcurrentHashMap<>();

    /** Versions in the engines; guarded by this. */
    private final Map<Loaded, Use> loaded = new HashMap<>();
    /** Requests that hold a version, in whatever model: they know its name only. */
    private final Map<AdapterPin, Integer> holders = new HashMap<>();

    /** @param base the model it belongs to, as {@link GenerationEngine#engines} names it */
    private record Version(AdapterEvent event, String base) {
        Loaded loaded(String name) {
            return new Loaded(new AdapterPin(name, event.sha256()), base);
        }
    }

    private record Loaded(AdapterPin pin, String base) {}

    private static final class Use {
        private long lastNeededNanos = System.nanoTime();
    }

    /**
     * Without adapters.
     *
     * @param directory for what is fetched
     * @param trusted one of which must have signed an adapter; empty = all are taken
     */
    public AdapterCatalog(
            GenerationEngine engine, Path directory, AdapterPreparation preparation, List<PublicKey> trusted) {
        this(engine, new FetchedAdapters(directory), preparation, trusted);
    }

    private AdapterCatalog(
            @Nullable GenerationEngine engine,
            FetchedAdapters files,
            AdapterPreparation preparation,
            List<PublicKey> trusted) {
        this.engine = engine;
        this.files = files;
        this.preparation = preparation;
        this.trusted = List.copyOf(trusted);
    }

    /** Where no topic is followed: requests name what the engine has. */
    public static AdapterCatalog none() {
        return new AdapterCatalog(null, new FetchedAdapters(Path.of("")), AdapterPreparation.none(), List.of());
    }

    /**
     * New requests get this version.
     *
     * @throws AdapterRefusedException if it cannot be used; what was there before stays
     * @throws IOException if it cannot be had now
     */
    public void put(AdapterKey key, AdapterEvent event) throws IOException {
        AdapterSignature.verify(key, event, trusted);
        Version version = new Version(event, baseOf(event));
        if (!isLoaded(version.loaded(key.name()))) {
            load(version.loaded(key.name()), files.fetch(event));
        }
        versions(key).put(key.name(), version);
    }

    /** New requests get the model alone again, or no candidate. */
    public void remove(AdapterKey key) {
        versions(key).remove(key.name());
    }

    private Map<String, Version> versions(AdapterKey key) {
        return key.candidate() ? candidates : served;
    }

    /** The model that an adapter belongs to. */
    private String baseOf(AdapterEvent event) {
        Map<String, GenerationEngine> engines = engine().engines();
        String base = event.base();
        if (base == null && engines.size() > 1) {
            throw new AdapterRefusedException("it names no base, and this serves " + String.join(", ", engines.keySet())
                    + "; publish it with --base and one of them");
        }
        List<String> ofIt = new ArrayList<>();
        List<String> all = new ArrayList<>();
        engines.forEach((name, each) -> {
            ModelInfo model = each.model();
            if (base == null || base.equals(name) || base.equals(model.name()) || base.equals(model.fingerprint())) {
                ofIt.add(name);
            }
            all.add(name + " (" + model.fingerprint() + ")");
        });
        if (ofIt.isEmpty()) {
            throw new AdapterRefusedException("it belongs to model " + base + ", this is " + String.join(", ", all));
        } else if (ofIt.size() > 1 && !ofIt.contains(base)) {
            throw new AdapterRefusedException("it belongs to model " + base + ", which is " + String.join(" and ", ofIt)
                    + " here; publish it with --base and one of these names");
        }
        return base != null && ofIt.contains(base) ? base : ofIt.get(0);
    }

    /** The model that answers a request; null if there is none. */
    private @Nullable String baseOf(GenerationRequest request) {
        try {
            return engine().model(request.model()).name();
        } catch (GenerationException.Invalid e) {
            return null; // the engine will tell
        }
    }

    private void load(Loaded version, Path adapter) throws IOException {
        try {
            Path file = preparation.file(adapter, version.base); // takes its time, so others do not wait for it
            synchronized (this) {
                engineOf(version).loadAdapter(version.pin.toString(), file);
                loaded.computeIfAbsent(version, each -> new Use());
            }
        } catch (AdapterRefusedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new AdapterRefusedException(String.valueOf(e.getMessage()), e);
        }
    }

    private GenerationEngine engineOf(Loaded version) {
        GenerationEngine of = engine().engines().get(version.base);
        if (of == null) {
            throw new AdapterRefusedException("model " + version.base + " is not served any more");
        }
        return of;
    }

    /**
     * The version that a request gets which arrives now; null where the topic has nothing to do with it: it names no adapter, one
     * of the engine's own, or a version by itself.
     *
     * @param key of its record; the same key gets a candidate always or never. A request without one goes by its id
     */
    public @Nullable AdapterPin pin(GenerationRequest request, byte @Nullable [] key) {
        String name = engine == null ? null : nameIn(request);
        if (name == null || name.indexOf('@') >= 0) {
            return null;
        }
        String base = baseOf(request);
        GenerationEngine answering = base == null ? null : engine().engines().get(base);
        if (answering == null || answering.adapters().contains(name)) {
            return null;
        }
        AdapterEvent candidate = eventOf(candidates, name, base);
        Double share = candidate == null ? null : candidate.canary();
        if (candidate != null && share != null && share(name, request.id(), key) < share) {
            return new AdapterPin(name, candidate.sha256());
        }
        AdapterEvent current = eventOf(served, name, base);
        return new AdapterPin(name, current == null ? null : current.sha256());
    }

    private static @Nullable AdapterEvent eventOf(Map<String, Version> versions, String name, @Nullable String base) {
        Version version = versions.get(name);
        return version == null || !version.base.equals(base) ? null : version.event;
    }

    /** The candidate that answers a request in shadow, beside the version that it got; null = none does. */
    public @Nullable AdapterPin shadow(GenerationRequest request, @Nullable AdapterPin answering) {
        AdapterEvent candidate = answering == null ? null : eventOf(candidates, answering.name(), baseOf(request));
        return answering != null
                        && candidate != null
                        && Boolean.TRUE.equals(candidate.shadow())
                        && !candidate.sha256().equals(answering.sha256())
                ? new AdapterPin(answering.name(), candidate.sha256())
                : null;
    }

    private @Nullable String nameIn(GenerationRequest request) {
        if (request.adapter() != null) {
            return request.adapter();
        }
        String model = request.model();
        int colon = model == null ? -1 : model.lastIndexOf(':');
        if (model == null || colon < 0) {
            return null;
        }
        String behind = model.substring(colon + 1);
        return served.containsKey(behind) || engine().engines().containsKey(model.substring(0, colon)) ? behind : null;
    }

    /** In 0..1, by key and name: another candidate tries other keys. */
    private static double share(String name, String id, byte @Nullable [] key) {
        byte[] own = key == null ? Utils.utf8(id) : key;
        byte[] salted = new byte[name.length() + own.length];
        System.arraycopy(Utils.utf8(name), 0, salted, 0, name.length());
        System.arraycopy(own, 0, salted, name.length(), own.length);
        return Utils.toPositive(Utils.murmur2(salted)) / (double) (1L << 31);
    }

    /**
     * Has the version of a journaled request in the engine, from what was fetched before if need be.
     *
     * @throws GenerationException.Failed if it is nowhere any more
     */
    public void require(AdapterPin version, GenerationRequest request) {
        String sha256 = version.sha256();
        if (sha256 == null) {
            return;
        }
        if (engine == null) {
            throw gone(version, null);
        }
        String base = baseOf(request);
        if (base == null || isLoaded(new Loaded(version, base))) {
            return;
        }
        try {
            Path known = files.find(sha256);
            if (known == null) {
                throw gone(version, null);
            }
            load(new Loaded(version, base), known);
        } catch (IOException | AdapterRefusedException e) {
            throw gone(version, e);
        }
    }

    private synchronized boolean isLoaded(Loaded version) {
        Use known = loaded.get(version);
        if (known != null) {
            known.lastNeededNanos = System.nanoTime();
        }
        return known != null;
    }

    private GenerationException.Failed gone(AdapterPin version, @Nullable Exception cause) {
        return new GenerationException.Failed(
                "it began with adapter " + version + ", which is neither "
                        + (engine == null ? "followed here" : "in the topic any more nor kept on this machine")
                        + "; send it again to have it answered by what is served now",
                cause);
    }

    /** A request has this adapter until it {@linkplain #release releases} it. */
    public void hold(@Nullable String adapter) {
        count(adapter, 1);
    }

    /** A request that held it has ended, or left this process. */
    public void release(@Nullable String adapter) {
        count(adapter, -1);
    }

    private synchronized void count(@Nullable String adapter, int more) {
        AdapterPin pin = adapter == null ? null : AdapterPin.parse(adapter);
        if (pin == null) {
            return;
        }
        holders.merge(pin, more, (before, change) -> before + change == 0 ? null : before + change);
        loaded.forEach((version, use) -> {
            if (version.pin.equals(pin)) {
                use.lastNeededNanos = System.nanoTime();
            }
        });
    }

    /** Takes versions out of the engine that neither the topic has nor a request holds. */
    public void sweep() {
        sweep(GRACE);
    }

    synchronized void sweep(Duration grace) {
        Set<Loaded> current = new HashSet<>();
        served.forEach((name, version) -> current.add(version.loaded(name)));
        candidates.forEach((name, version) -> current.add(version.loaded(name)));
        Iterator<Map.Entry<Loaded, Use>> each = loaded.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Loaded, Use> version = each.next();
            Use use = version.getValue();
            if (!current.contains(version.getKey())
                    && !holders.containsKey(version.getKey().pin)
                    && System.nanoTime() - use.lastNeededNanos > grace.toNanos()) {
                GenerationEngine of = engine().engines().get(version.getKey().base);
                if (of != null) {
                    of.unloadAdapter(version.getKey().pin.toString());
                }
                each.remove();
            }
        }
    }

    /** Removes from the disk what no request can have begun with. */
    public void forgetOld() throws IOException {
        files.prune(FORGOTTEN_AFTER);
    }

    /** What is served, by name; a snapshot. */
    public Map<String, AdapterEvent> served() {
        return events(served);
    }

    /** What is tried, by name; a snapshot. */
    public Map<String, AdapterEvent> candidates() {
        return events(candidates);
    }

    private static Map<String, AdapterEvent> events(Map<String, Version> versions) {
        Map<String, AdapterEvent> events = new TreeMap<>();
        versions.forEach((name, version) -> events.put(name, version.event));
        return events;
    }

    /** Versions in the engine. */
    public synchronized int versions() {
        return loaded.size();
    }

    private GenerationEngine engine() {
        if (engine == null) {
            throw new IllegalStateException("no adapters topic is followed");
        }
        return engine;
    }
}
