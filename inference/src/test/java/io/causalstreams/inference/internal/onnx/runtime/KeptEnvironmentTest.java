package io.causalstreams.inference.internal.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeptEnvironmentTest {

    @Test
    void shouldKeepTheEnvironmentUntilTheProcessHasEnded() {
        assertThat(OrtRuntime.environment()).isNotNull();
        assertThat(KeptEnvironment.keep()).isTrue();
    }
}
