package io.causalstreams.http.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.http.HttpDoorException;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.telemetry.DoorMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private static final String KEY = "0123456789abcdef";
    private static final DoorMeters METERS = new DoorMeters(new SimpleMeterRegistry());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void shouldKnowWhoAsksByKeyAndByDigest() throws IOException {
        Path file = file("a " + KEY + " # theirs", "b sha256:" + ApiKeyFile.digest("another key of b"));
        Access access = new Access(file, 10, METERS);
        assertThat(access.caller("Bearer " + KEY).name()).isEqualTo("a");
        assertThat(access.caller("bearer another key of b").name()).isEqualTo("b");
        refused(401, () -> access.caller(null));
        refused(401, () -> access.caller("Bearer 0123456789abcdeX"));
        refused(401, () -> access.caller("Basic " + KEY));
    }

    @Test
    void shouldNameWhatIsOfACaller() throws IOException {
        Caller caller = new Access(file("a " + KEY), 1, METERS).caller("Bearer " + KEY);
        assertThat(caller.own("x")).isEqualTo("a:x");
        assertThat(caller.owns("a:x")).isTrue();
        assertThat(caller.owns("ab:x")).isFalse();
        assertThat(caller.owns("b:a:x")).isFalse();
    }

    @Test
    void shouldTakeAsManyRequestsAsDoorAndKeyTake() throws IOException {
        // Given
        Access access = new Access(file("a " + KEY + " requests=1", "b another-key-of-b"), 2, METERS);
        Caller a = access.caller("Bearer " + KEY);
        Caller b = access.caller("Bearer another-key-of-b");

        // When
        Access.Place first = access.enter(a, false);

        // Then: a's one is taken, then the door's second
        refused(429, () -> access.enter(a, false));
        Access.Place second = access.enter(b, false);
        refused(429, () -> access.enter(b, false));
        first.leave();
        second.leave();
        assertThat(access.requests()).isZero();
        access.enter(a, false).leave();
    }

    @Test
    void shouldRefuseAKeyWhoseTokensAreUsed() throws IOException {
        Access access = new Access(file("a " + KEY + " tokens-per-minute=600"), 2, METERS);
        Caller a = access.caller("Bearer " + KEY);
        Access.Place place = access.enter(a, false);
        place.used(700);
        place.leave();
        assertThatThrownBy(() -> access.enter(a, false)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.status()).isEqualTo(429);
            assertThat(e.retryAfterSeconds()).isBetween(9, 11);
        });
        assertThat(access.requests()).isZero();
    }

    @Test
    void shouldRefillABudgetWithTime() {
        AtomicLong nanos = new AtomicLong();
        TokenBudget budget = new TokenBudget(60, nanos::get);
        assertThat(budget.secondsToWait(60)).isZero();
        budget.take(90);
        assertThat(budget.secondsToWait(60)).isEqualTo(31);
        nanos.set(31_000_000_000L);
        assertThat(budget.secondsToWait(60)).isZero();
        nanos.set(Long.MAX_VALUE / 2);
        budget.secondsToWait(60);
        budget.take(60);
        assertThat(budget.secondsToWait(60)).isPositive();
    }

    @Test
    void shouldReadAChangedFileAndKeepTheKeysWhenItCannotBeRead() throws Exception {
        // Given
        Path file = file("a " + KEY);
        Access access = new Access(file, 2, METERS);

        // When
        Files.writeString(file, "b another-key-of-b\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
        Thread.sleep(1_100);

        // Then
        assertThat(access.caller("Bearer another-key-of-b").name()).isEqualTo("b");
        refused(401, () -> access.caller("Bearer " + KEY));
        Files.writeString(file, "c short\n");
        Thread.sleep(1_100);
        assertThat(access.caller("Bearer another-key-of-b").name()).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a short",
                "a:b 0123456789abcdef",
                "a 0123456789abcdef calls=1",
                "a 0123456789abcdef requests=0"
            })
    void shouldRefuseAFileAndShowNoKey(String line) throws IOException {
        Path file = file(line);
        assertThatThrownBy(() -> new Access(file, 1, METERS))
                .isInstanceOf(HttpDoorException.class)
                .hasMessageContaining("keys")
                .hasMessageNotContaining(KEY);
    }

    private Path file(String... lines) throws IOException {
        return Files.writeString(directory.resolve("keys"), String.join("\n", lines) + "\n");
    }

    private static void refused(int status, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.status()).isEqualTo(status));
    }
}
