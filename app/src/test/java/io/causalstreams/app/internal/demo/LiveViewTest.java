package io.causalstreams.app.internal.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.internal.terminal.DisplayText;
import io.causalstreams.topology.event.TokenEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveViewTest {

    @Test
    void shouldKeepALaneWithinTheTerminalAndShowItsNewestWords() {
        // Given
        Lane lane = new Lane("a-request-with-a-long-id-北京", 0);
        lane.add(tokens("The customer reports\nthat the 北京 machine leaks "), 1);
        lane.add(tokens("every morning"), 2);
        for (int columns = 20; columns < 120; columns++) {
            // When
            String line = LiveView.line(lane, columns);
            // Then
            assertThat(DisplayText.columns(line)).as(line).isLessThanOrEqualTo(columns);
            assertThat(line).endsWith("ing").doesNotContain("\n");
        }
    }

    private static TokenEvent tokens(String text) {
        TokenEvent.Choice choice =
                new TokenEvent.Choice(0, new TokenEvent.Delta(null, text, null, null), null, 0, 1, null, null, null);
        return new TokenEvent("id", "chat.completion.chunk", 0, "model", List.of(choice));
    }
}
