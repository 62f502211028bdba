package io.causalstreams.inference.internal.onnx.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The strings of an exported graph, and what is wrong with others. */
class ContractMetadataTest {
    private static final Path GRAPH = Path.of("src/test/resources/models/tiny-llama/model.onnx");

    private final Map<String, String> properties = new HashMap<>();

    @BeforeEach
    void readGraph() throws OrtException {
        try (OrtSession session = OrtRuntime.environment().createSession(GRAPH.toString())) {
            properties.putAll(session.getMetadata().getCustomMetadata());
        }
    }

    @Test
    void shouldTellHeadsOfQueriesFromThoseOfTheCache() {
        assertThat(ContractMetadata.heads(GRAPH, properties)).isEqualTo(4);
        assertThat(ContractMetadata.read(GRAPH, properties).kvHeads()).isEqualTo(2);
    }

    @Test
    void shouldTakeTheHeadsOfTheCacheWhereAnOlderExportDoesNotTellThoseOfQueries() {
        // Given
        properties.remove("causal_streams.heads");

        // Then
        assertThat(ContractMetadata.heads(GRAPH, properties)).isEqualTo(2);
    }

    @Test
    void shouldNameTheNumberOfHeadsThatCannotBe() {
        assertFails("0", "causal_streams.heads is 0");
        assertFails("-4", "causal_streams.heads is -4");
        assertFails("four", "causal_streams.heads is 'four', not a number");
    }

    private void assertFails(String heads, String message) {
        properties.put("causal_streams.heads", heads);
        assertThatThrownBy(() -> ContractMetadata.heads(GRAPH, properties))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining(GRAPH.toString())
                .hasMessageContaining(message)
                .hasMessageContaining("export the model again");
    }
}
