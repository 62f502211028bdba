package io.causalstreams.export.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphBuilderTest {
    private final GraphBuilder graph = new GraphBuilder("ours", TensorStore.discarding());
    private final Value x = graph.input("x", ElementType.FLOAT, Dimension.of("rows"));

    @Test
    void shouldNameNodesByTheirAddress() {
        // When
        Value sum = Scope.root(graph).at("layers.3").at("attention").apply(Operator.ADD, "sum", x, x);

        // Then
        assertThat(sum.name()).isEqualTo("/layers.3/attention/sum");
    }

    @Test
    void shouldRefuseAValueOfAnotherGraph() {
        // Given
        Value foreign =
                new GraphBuilder("theirs", TensorStore.discarding()).input("y", ElementType.FLOAT, Dimension.of(1));

        // When, then
        assertThatThrownBy(() -> Scope.root(graph).apply(Operator.ADD, "sum", x, foreign))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("value y belongs to graph theirs, not to ours");
    }

    @Test
    void shouldRefuseTheSameAddressTwice() {
        // Given
        Scope.root(graph).apply(Operator.RELU, "size", x);

        // When, then
        assertThatThrownBy(() -> Scope.root(graph).apply(Operator.RELU, "size", x))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("already has a value named /size");
    }

    @Test
    void shouldRefuseTooFewInputs() {
        assertThatThrownBy(() -> Scope.root(graph).apply(Operator.ADD, "sum", x))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/sum: Add takes 2 to 2 inputs");
    }

    @Test
    void shouldHoldEqualConstantsOnce() {
        // When
        Value first = graph.constant(0, -1);
        Value second = graph.constant(0, -1);

        // Then
        ModelProto model = graph.build("test", Map.of());
        assertThat(second).isSameAs(first);
        assertThat(model.getGraph().getInitializerList()).hasSize(1);
    }

    @Test
    void shouldRefuseDataThatDoesNotFillTheShape() {
        // Given
        GraphBuilder strict = new GraphBuilder(
                "strict", (tensor, data) -> assertThat(data.get().size()).isPositive());

        // When, then
        assertThatThrownBy(() -> Scope.root(strict)
                        .initializer("weight", ElementType.FLOAT, new long[] {2, 3}, () -> TensorData.floats(1f, 2f)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/weight: 6 elements of FLOAT were declared, 2 of FLOAT were given");
    }
}
