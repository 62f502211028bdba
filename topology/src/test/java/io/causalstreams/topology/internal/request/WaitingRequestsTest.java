package io.causalstreams.topology.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.topology.internal.answer.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitingRequestsTest {

    private final WaitingRequests<String, String> waiting = new WaitingRequests<>(2);

    @Test
    void shouldRunByPriorityThenByArrival() {
        // Given
        add(Jobs.ask(3));
        add(Jobs.ask(1));
        add(Jobs.ask(2, null, -1, null));
        add(Jobs.ask(0, null, 1, null));

        // When / Then
        assertThat(takeAll()).containsExactly("r-2", "r-1", "r-3", "r-0");
    }

    @Test
    void shouldRunOneOfALaneAtATimeAndLetOthersPass() {
        // Given
        Request<String, String> first = add(Jobs.ask(0, "lane", 0, null));
        add(Jobs.ask(1, "lane", 0, null));
        add(Jobs.ask(2, "other", 0, null));
        add(Jobs.ask(3));

        // When / Then
        assertThat(takeAll()).containsExactly("r-0", "r-2", "r-3");
        waiting.leave(first);
        assertThat(takeAll()).containsExactly("r-1");
    }

    @Test
    void shouldKeepALaneThatAnotherRequestHolds() {
        // Given
        add(Jobs.ask(0, "lane", 0, null));
        Request<String, String> second = add(Jobs.ask(1, "lane", 0, null));
        add(Jobs.ask(2, "lane", 0, null));
        assertThat(takeAll()).containsExactly("r-0");

        // When: one that never had the lane is cancelled
        waiting.remove(second);
        waiting.leave(second);

        // Then
        assertThat(takeAll()).isEmpty();
        assertThat(waiting.size()).isEqualTo(1);
    }

    @Test
    void shouldTakeThoseWhoseDeadlineHasPassedSoonestFirst() {
        // Given
        add(Jobs.ask(0, null, 0, Instant.ofEpochMilli(300)));
        add(Jobs.ask(1, null, 0, Instant.ofEpochMilli(100)));
        add(Jobs.ask(2, null, 0, Instant.ofEpochMilli(400)));
        add(Jobs.ask(3));

        // When
        List<Request<String, String>> expired = waiting.takeExpired(301);

        // Then
        assertThat(expired).extracting(Request::id).containsExactly("r-1", "r-0");
        assertThat(takeAll()).containsExactly("r-2", "r-3");
        assertThat(waiting.takeExpired(1_000)).isEmpty();
    }

    @Test
    void shouldKnowTheOldestWhateverRunsFirst() {
        add(Jobs.ask(1, null, -1, null));
        add(Jobs.ask(0, null, 1, null));
        assertThat(Objects.requireNonNull(waiting.oldest()).id()).isEqualTo("r-0");
        takeAll();
        assertThat(waiting.oldest()).isNull();
    }

    @Test
    void shouldKeepWhatWasReadOnlyOfAsManyAsRunAtOnce() {
        // Given
        List<Request<String, String>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(add(Jobs.ask(i)));
        }
        assertThat(all).extracting(each -> each.job() != null).containsExactly(true, true, false, false);

        // When: one of the kept has left, and so has one of the others
        waiting.remove(all.get(0));
        waiting.remove(all.get(2));

        // Then
        assertThat(add(Jobs.ask(4)).job()).isNotNull();
        assertThat(add(Jobs.ask(5)).job()).isNull();
    }

    @Test
    void shouldRunWhatCannotBeAskedBeforeAllOthersUnlessALaneHasItWait() {
        Jobs jobs = new Jobs();
        Job.Broken<String, String> broken = jobs.broken(Jobs.arrival(1, "?"), new IllegalStateException("unreadable"));
        add(Jobs.ask(0, null, -5, null));
        add(broken);
        add(new Job.Broken<>(Jobs.arrival(2, "?"), broken.request(), "lane", broken.answers(), broken.cause()));
        assertThat(takeAll()).containsExactly("r-1", "r-0", "r-2");
    }

    private Request<String, String> add(Job<String, String> job) {
        Request<String, String> request = new Request<>(job, 0, 0);
        waiting.add(request);
        return request;
    }

    private List<String> takeAll() {
        List<String> taken = new ArrayList<>();
        for (@Nullable Request<String, String> next = waiting.takeNext(); next != null; next = waiting.takeNext()) {
            taken.add(next.id());
        }
        return taken;
    }
}
