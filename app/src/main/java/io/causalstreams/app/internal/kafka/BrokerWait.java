package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.terminal.Progress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.jspecify.annotations.Nullable;

/** Waits for a broker that is not there yet, but not for ever. */
public final class BrokerWait {
    private static final int ATTEMPT_SECONDS = 3;
    private static final long PAUSE_MILLIS = 500;

    private BrokerWait() {}

    /**
     * Returns when the broker answers.
     *
     * @throws AppException if it does not within {@code patience}, or if it refuses us
     */
    public static void until(KafkaConnection connection, Duration patience, Progress progress) {
        long end = System.nanoTime() + patience.toNanos();
        String problem = attempt(connection, Math.min(ATTEMPT_SECONDS, Math.max(1, patience.toSeconds())));
        if (problem != null && patience.toSeconds() > ATTEMPT_SECONDS) {
            progress.note(
                    "No broker answers at " + connection.servers() + "; trying for " + patience.toSeconds() + " s…");
        }
        while (problem != null && System.nanoTime() < end) {
            pause();
            problem = attempt(connection, ATTEMPT_SECONDS);
        }
        if (problem != null) {
            throw new AppException("no broker answers at " + connection.servers() + " (" + problem + "); start one with"
                    + " './causal-streams broker', or check --bootstrap-servers and the security settings in --config");
        }
    }

    /** Null when the broker answers, else why it does not. */
    private static @Nullable String attempt(KafkaConnection connection, long seconds) {
        try (Admin admin = connection.admin()) {
            try {
                admin.describeCluster().nodes().get(seconds, TimeUnit.SECONDS);
                return null;
            } finally {
                admin.close(Duration.ZERO);
            }
        } catch (TimeoutException e) {
            return "timed out";
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException retriable) {
                return retriable instanceof org.apache.kafka.common.errors.TimeoutException
                        ? "timed out"
                        : ErrorLine.of(retriable);
            }
            if (e.getCause() instanceof ApiException refused) {
                throw new AppException(refusal(connection, refused), e);
            }
            return ErrorLine.of(e);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return ErrorLine.of(cause); // a name that does not resolve yet, or a wrong setting
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppException("interrupted while waiting for the broker", e);
        }
    }

    /** Kafka says only that a handshake failed; the reason is the innermost cause. */
    private static String refusal(KafkaConnection connection, ApiException refused) {
        if (!(refused instanceof AuthenticationException)) {
            return "the broker at " + connection.servers() + " refuses: " + ErrorLine.of(refused);
        }
        if (!(refused instanceof SslAuthenticationException)) {
            return "the broker at " + connection.servers() + " refuses: " + ErrorLine.of(refused)
                    + "; check the sasl.* settings in --config";
        }
        Throwable reason = refused;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return "no secure connection to the broker at " + connection.servers() + ": " + ErrorLine.of(reason)
                + "; check the host name in --bootstrap-servers and ssl.truststore.* in --config";
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppException("interrupted while waiting for the broker", e);
        }
    }
}
