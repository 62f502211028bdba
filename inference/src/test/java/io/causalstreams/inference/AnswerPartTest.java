package io.causalstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.causalstreams.inference.AnswerPart.Arguments;
import io.causalstreams.inference.AnswerPart.Content;
import io.causalstreams.inference.AnswerPart.Reasoning;
import io.causalstreams.inference.AnswerPart.ToolCall;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerPartTest {

    @Test
    void shouldJoinNeighboursOfOneKindOnly() {
        // Given
        List<AnswerPart> parts = List.of(
                new Reasoning("so"),
                new Reasoning(" be it"),
                new Content("Yes"),
                new Content("."),
                new ToolCall(0, "f"),
                new Arguments(0, "{"),
                new Arguments(0, "}"),
                new ToolCall(1, "f"),
                new ToolCall(2, "f"),
                new Arguments(2, "{}"),
                new Arguments(3, "{}"),
                new Content("Done"));

        // When
        List<AnswerPart> joined = AnswerPart.joined(parts);

        // Then
        assertThat(joined)
                .containsExactly(
                        new Reasoning("so be it"),
                        new Content("Yes."),
                        new ToolCall(0, "f"),
                        new Arguments(0, "{}"),
                        new ToolCall(1, "f"),
                        new ToolCall(2, "f"),
                        new Arguments(2, "{}"),
                        new Arguments(3, "{}"),
                        new Content("Done"));
    }

    @Test
    void shouldJoinALongAnswerInMemoryThatGrowsWithItsLength() {
        // Given: piece by piece it would take 800 MB
        List<AnswerPart> parts = Collections.nCopies(20_000, new Content("word"));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        // When
        List<AnswerPart> joined = AnswerPart.joined(parts);

        // Then
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
        assertThat(joined).containsExactly(new Content("word".repeat(20_000)));
    }
}
