package io.causalstreams.http.internal.access;

import io.causalstreams.http.HttpDoorException;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.telemetry.DoorMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets requests in: those with a key, as many as the door and the key take. The file of keys is read again when it has
 * changed; one that cannot be read changes nothing.
 *
 * <p>Threading: any.
 */
public final class Access {
    private static final Logger LOG = LoggerFactory.getLogger(Access.class);
    private static final long LOOK_NANOS = 1_000_000_000;
    private static final String BEARER = "bearer ";

    private final @Nullable Path file;
    private final int maxRequests;
    private final DoorMeters meters;
    private final AtomicInteger requests = new AtomicInteger();
    private final Map<String, Usage> usages = new ConcurrentHashMap<>();
    private volatile Map<String, ApiKey> keys = Map.of();

    // guarded by this
    private @Nullable FileTime readVersion;
    private long lastLook;

    /**
     * An open door, or one with keys.
     *
     * @param file of keys; null = nobody needs one
     * @param maxRequests of all together
     * @param meters are told what is beyond a limit
     * @throws HttpDoorException if the file cannot be read
     */
    public Access(@Nullable Path file, int maxRequests, DoorMeters meters) {
        this.file = file;
        this.maxRequests = maxRequests;
        this.meters = meters;
        if (file != null) {
            keys = ApiKeyFile.read(file);
            readVersion = version(file);
            lastLook = System.nanoTime();
        }
    }

    /** What a name has in use. */
    private static final class Usage {
        private final AtomicInteger requests = new AtomicInteger();
        private volatile @Nullable TokenBudget tokens;
    }

    /**
     * Who asks.
     *
     * @param authorization the header; null = there is none
     * @throws ApiException 401
     */
    public Caller caller(@Nullable String authorization) {
        return new Caller(file == null ? null : key(authorization));
    }

    /**
     * Takes a place for a request.
     *
     * @param resumes whether it is one that has begun, which needs no tokens of the minute
     * @throws ApiException 429 when there is none
     */
    public Place enter(Caller caller, boolean resumes) {
        ApiKey key = caller.key();
        if (requests.incrementAndGet() > maxRequests) {
            requests.decrementAndGet();
            meters.rejected(DoorMeters.Limit.REQUESTS);
            throw ApiException.tooMany(maxRequests + " requests are being answered; send it again later", 1);
        }
        try {
            return new Place(this, key == null ? null : enter(key, resumes));
        } catch (ApiException e) {
            requests.decrementAndGet();
            throw e;
        }
    }

    private Usage enter(ApiKey key, boolean resumes) {
        Usage usage = usages.computeIfAbsent(key.name(), name -> new Usage());
        if (key.tokensPerMinute() > 0 && !resumes) {
            TokenBudget budget = usage.tokens;
            if (budget == null) {
                budget = new TokenBudget(key.tokensPerMinute(), System::nanoTime);
                usage.tokens = budget;
            }
            int wait = budget.secondsToWait(key.tokensPerMinute());
            if (wait > 0) {
                meters.rejected(DoorMeters.Limit.TOKENS);
                throw ApiException.tooMany(
                        "key '" + key.name() + "' has used its " + key.tokensPerMinute() + " tokens a minute", wait);
            }
        }
        int most = key.maxRequests() == 0 ? Integer.MAX_VALUE : key.maxRequests();
        if (usage.requests.incrementAndGet() > most) {
            usage.requests.decrementAndGet();
            meters.rejected(DoorMeters.Limit.KEY);
            throw ApiException.tooMany("key '" + key.name() + "' has " + most + " requests in flight already", 1);
        }
        return usage;
    }

    /** A place that a request has until it leaves. */
    public static final class Place {
        private final Access access;
        private final @Nullable Usage usage;
        private final AtomicBoolean left = new AtomicBoolean();

        private Place(Access access, @Nullable Usage usage) {
            this.access = access;
            this.usage = usage;
        }

        /** Tells what an answer took. */
        public void used(long tokens) {
            TokenBudget budget = usage == null ? null : usage.tokens;
            if (budget != null) {
                budget.take(tokens);
            }
        }

        /** Any number of times. */
        public void leave() {
            if (left.compareAndSet(false, true)) {
                access.requests.decrementAndGet();
                if (usage != null) {
                    usage.requests.decrementAndGet();
                }
            }
        }
    }

    /** Requests that have a place now. */
    public int requests() {
        return requests.get();
    }

    /** Digests are looked up, so that the time it takes tells nothing of a key. */
    private ApiKey key(@Nullable String authorization) {
        readAgain();
        boolean bearer = authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
        ApiKey key = bearer && authorization != null
                ? keys.get(ApiKeyFile.digest(
                        authorization.substring(BEARER.length()).strip()))
                : null;
        if (key == null) {
            throw ApiException.invalid(
                    401, "invalid_api_key", "send a header 'Authorization: Bearer KEY' with a key of this server");
        }
        return key;
    }

    private synchronized void readAgain() {
        if (file == null || System.nanoTime() - lastLook < LOOK_NANOS) {
            return;
        }
        lastLook = System.nanoTime();
        FileTime version = version(file);
        if (version == null || version.equals(readVersion)) {
            return;
        }
        readVersion = version;
        try {
            keys = ApiKeyFile.read(file);
        } catch (HttpDoorException e) {
            LOG.warn("{}; the keys stay as they were", e.getMessage());
        }
    }

    private static @Nullable FileTime version(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return null;
        }
    }
}
