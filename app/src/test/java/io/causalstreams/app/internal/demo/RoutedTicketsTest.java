package io.causalstreams.app.internal.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RoutedTicketsTest {

    @Test
    void shouldCompareOnOneTicketOfEachQueueThatTheAdapterHasNotSeen() throws IOException {
        assertThat(RoutedTickets.heldOut())
                .extracting(RoutedTickets.Ticket::queue)
                .containsExactlyInAnyOrderElementsOf(RoutedTickets.QUEUES);
        assertThat(RoutedTickets.heldOut()).doesNotContainAnyElementsOf(RoutedTickets.learned());
        assertThat(RoutedTickets.learned())
                .hasSize(50)
                .allSatisfy(ticket -> assertThat(RoutedTickets.QUEUES).contains(ticket.queue()));
    }
}
