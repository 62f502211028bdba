package io.causalstreams.topology.internal.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.topology.internal.journal.Arrival;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskInputTest {

    private static final TopicPartition PARTITION = new TopicPartition("prompts", 0);

    private final InputGate gate = new InputGate();
    private final MockProcessorContext<Void, Void> context = context();
    private final TaskInput input = TaskInput.ofPrompts(context);

    @Test
    void shouldHoldItsPartitionsWhileTheJournalIsFull() {
        // Given
        gate.follow();
        input.reads(arrival("a", 7));

        // When / Then
        assertThat(input.hold(true)).isTrue();
        assertThat(gate.isClosed(PARTITION)).isTrue();
        assertThat(input.hold(false)).isTrue();
        assertThat(gate.isClosed(PARTITION)).isFalse();
    }

    @Test
    void shouldHoldWhatOnlyAnotherOperatorOfTheTaskHasRead() {
        gate.follow();
        TaskInput.ofRecords(context).reads(arrival("a", 7));
        assertThat(input.hold(true)).isTrue();
        assertThat(gate.isClosed(PARTITION)).isTrue();
    }

    @Test
    void shouldSayWhenItCannotHold() {
        assertThat(input.hold(true)).as("no partition known").isFalse();
        input.reads(arrival("a", 7));
        assertThat(input.hold(true)).as("no consumer looks at the gate").isFalse();
        gate.follow();
        assertThat(input.hold(true)).isTrue();
    }

    @Test
    void shouldKnowNoPartitionOfARecordAnotherOperatorMade() {
        gate.follow();
        input.reads(arrival("a", -1));
        assertThat(input.hold(true)).isFalse();
    }

    @Test
    void shouldHandOutCancelsOnce() {
        // Given
        input.reads(arrival("a", 7));
        gate.offer(PARTITION, new AheadCancel(10, "a", null));
        gate.offer(PARTITION, new AheadCancel(11, null, bytes("key")));

        // When / Then
        assertThat(takeCancels(input)).containsExactly("id a", "key key");
        assertThat(takeCancels(input)).isEmpty();
    }

    @Test
    void shouldCancelWhatArrivesBeforeItsCancelAndNothingBehindIt() {
        // Given
        input.reads(arrival("a", 7));
        gate.offer(PARTITION, new AheadCancel(10, "b", null));
        gate.offer(PARTITION, new AheadCancel(11, null, bytes("key")));
        takeCancels(input);

        // When / Then
        assertThat(input.isCancelled(arrival("other", null, 8))).isFalse();
        assertThat(input.isCancelled(arrival("b", null, 8))).isTrue();
        assertThat(input.isCancelled(arrival("b", null, 12))).isFalse();
        assertThat(input.isCancelled(arrival("c", "key", 12))).isFalse();
    }

    @Test
    void shouldCancelByKeyWhatArrivesBeforeItsCancel() {
        input.reads(arrival("a", 7));
        gate.offer(PARTITION, new AheadCancel(11, null, bytes("key")));
        takeCancels(input);
        assertThat(input.isCancelled(arrival("c", "key", 8))).isTrue();
        assertThat(input.isCancelled(arrival("d", "other", 9))).isFalse();
    }

    @Test
    void shouldTakeNoCancelsFromRecordsOfAnyKind() {
        TaskInput records = TaskInput.ofRecords(context);
        records.reads(arrival("a", 7));
        gate.offer(PARTITION, new AheadCancel(10, "a", null));
        assertThat(takeCancels(records)).isEmpty();
        assertThat(gate.awaitsCancels(PARTITION)).isFalse();
    }

    @Test
    void shouldReadOnAndForgetCancelsAfterTheTaskHasLeft() {
        // Given
        gate.follow();
        input.reads(arrival("a", 7));
        input.hold(true);

        // When
        input.leave();

        // Then
        assertThat(gate.isClosed(PARTITION)).isFalse();
        assertThat(gate.awaitsCancels(PARTITION)).isFalse();
        assertThat(gate.partitionsOf(context.taskId())).isEmpty();
    }

    private MockProcessorContext<Void, Void> context() {
        Properties properties = new Properties();
        properties.put(InputGate.PROPERTY, gate);
        return new MockProcessorContext<>(properties, new TaskId(0, 0), new File("target"));
    }

    private static List<String> takeCancels(TaskInput input) {
        List<String> taken = new ArrayList<>();
        input.takeCancels(
                id -> taken.add("id " + id), key -> taken.add("key " + new String(key.get(), StandardCharsets.UTF_8)));
        return taken;
    }

    private static Arrival arrival(String id, long offset) {
        return arrival(id, "key", offset);
    }

    private static Arrival arrival(String id, @Nullable String key, long offset) {
        Bytes bytes = key == null ? null : bytes(key);
        return new Arrival(0, id, bytes, bytes("{}"), new RecordHeaders(), "prompts", 0, offset, 0);
    }

    private static Bytes bytes(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
