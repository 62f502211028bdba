package io.causalstreams.export.internal.weight;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A linear map y = W·x + b.
 *
 * @param weight (outputs, inputs)
 * @param bias (outputs, 1), or null for none
 */
public record Projection(Weight weight, @Nullable Weight bias) {
    public Projection {
        if (bias != null && (bias.rows() != weight.rows() || bias.columns() != 1)) {
            throw new IllegalArgumentException("%s has %d outputs, its bias %s has %d elements"
                    .formatted(weight.name(), weight.rows(), bias.name(), bias.rows()));
        }
    }

    public int outputs() {
        return weight.rows();
    }

    public int inputs() {
        return weight.columns();
    }

    public Projection withOutputs(ChannelOrder order) {
        return new Projection(weight.withRows(order), bias == null ? null : bias.withRows(order));
    }

    /** {@code count} consecutive outputs from {@code first} on. */
    public Projection rows(int first, int count) {
        return withOutputs(ChannelOrder.range(outputs(), first, count));
    }

    public Projection withInputs(ChannelOrder order) {
        return new Projection(weight.withColumns(order), bias);
    }

    public Projection scaled(double factor) {
        return new Projection(weight.scaled(factor), bias == null ? null : bias.scaled(factor));
    }

    /** One map that gives the outputs of {@code parts}, in order; where only some have a bias the others get zeros. */
    public static Projection stack(List<Projection> parts) {
        List<Weight> weights = new ArrayList<>();
        List<Weight> biases = new ArrayList<>();
        boolean anyBias = false;
        for (Projection part : parts) {
            weights.add(part.weight);
            anyBias |= part.bias != null;
            biases.add(part.bias != null ? part.bias : Weight.filled("no bias", part.outputs(), 0));
        }
        return new Projection(Weight.stack(weights), anyBias ? Weight.stack(biases) : null);
    }
}
