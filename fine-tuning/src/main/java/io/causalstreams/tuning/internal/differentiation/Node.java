package io.causalstreams.tuning.internal.differentiation;

import io.causalstreams.export.internal.graph.Operator;
import java.util.List;
import java.util.Map;

/**
 * One operator of a computation.
 *
 * @param attributes of type Long, Float, String or List&lt;Long&gt;, by their names in ONNX
 */
public record Node(Operator operator, List<Tensor> inputs, List<Tensor> outputs, Map<String, Object> attributes) {
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = Map.copyOf(attributes);
    }

    public Tensor input(int index) {
        return inputs.get(index);
    }

    /** The first output: the one with a gradient. */
    public Tensor output() {
        return outputs.get(0);
    }

    long integer(String attribute, long absent) {
        return (Long) attributes.getOrDefault(attribute, absent);
    }

    float number(String attribute, float absent) {
        return (Float) attributes.getOrDefault(attribute, absent);
    }

    String text(String attribute, String absent) {
        return (String) attributes.getOrDefault(attribute, absent);
    }

    List<Long> integers(String attribute) {
        if (attributes.get(attribute) instanceof List<?> list) {
            return list.stream().map(Long.class::cast).toList();
        }
        throw new IllegalStateException(operator + " lacks " + attribute);
    }
}
