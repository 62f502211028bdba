package io.causalstreams.examples.quarkus;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What {@code mvn package} has made, {@code target/quarkus-app/quarkus-run.jar}, as a process with the default model. */
@EnabledIf(
        value = "io.causalstreams.examples.quarkus.ModelResource#isThere",
        disabledReason = "the default model cannot be had")
@QuarkusIntegrationTest
@QuarkusTestResource(BrokerResource.class)
@QuarkusTestResource(ModelResource.class)
class PackagedTicketTriageIT {

    @Test
    void shouldLabelTicketsAndAnswerPromptsWithTheModelOfItsProperties() throws Exception {
        new TriageCheck().run();
    }
}
