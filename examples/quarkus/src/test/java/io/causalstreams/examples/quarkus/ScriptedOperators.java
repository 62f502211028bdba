package io.causalstreams.examples.quarkus;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.testkit.ScriptedEngine;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The engine of {@code @QuarkusTest}s: no model is opened. */
@ApplicationScoped
class ScriptedOperators {

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    GenerationEngine engine() {
        return ScriptedEngine.saying(request -> "login says four words").runAutomatically();
    }
}
