package io.causalstreams.http.internal.console;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.NoClients;
import io.causalstreams.http.internal.kafka.LiveRecords;
import io.causalstreams.topology.ValueFormat;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class LiveTest {
    private static final class Asked implements ValueFormat {
        @Override
        public byte[] toJson(String topic, byte[] value) {
            throw new AssertionError("a registry may be asked by it");
        }

        @Override
        public byte[] fromJson(String topic, byte[] json) {
            throw new AssertionError("nothing is written");
        }
    }

    @Test
    void shouldNotAskARegistryUnderItsLock() {
        DoorTopics topics = new DoorTopics("prompts", "tokens", "completions", "dead-letters", "group", new Asked());
        Live live = new Live(new LiveRecords(new NoClients(), topics), topics, new Figures(new SimpleMeterRegistry()));
        assertThatCode(() -> {
                    live.onRecord(Records.prompt(1, "{\"prompt\":\"x\"}"));
                    live.onRecord(Records.completion(1, "a", 1, null));
                    live.onRecord(Records.deadLetter(1, 2, new byte[] {0, 0, 0, 0, 7, 9}));
                })
                .doesNotThrowAnyException();
    }
}
