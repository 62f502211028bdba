package io.causalstreams.tuning.internal.model;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.tuning.internal.differentiation.Gradients;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import io.causalstreams.tuning.internal.graph.HeadGraph;
import io.causalstreams.tuning.internal.onnx.MemoryPool;
import io.causalstreams.tuning.internal.onnx.NativeTensor;
import io.causalstreams.tuning.internal.onnx.Program;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Losses of predicted tokens, and their gradient, in one program: nothing is kept between the two.
 *
 * <p>Logits are large, so positions go through some at a time.
 */
final class HeadProgram implements AutoCloseable {
    /** Of one pass; a pass has about four tensors of this size. */
    private static final long LOGITS_BYTES = 64L << 20;

    private final HeadGraph head;
    private final Program losses;
    private final Program gradients;
    private final Tensor weight;
    private final Tensor dx;
    private final Map<Tensor, NativeTensor> frozen = new HashMap<>();
    private final int hidden;
    private final int chunk;
    private final FloatBuffer rowsMemory;
    private final FloatBuffer weightsMemory;

    /** @param table the head's weight in memory, another's to close */
    HeadProgram(Decoder decoder, NativeTensor table, int threads, MemoryPool pool) {
        head = HeadGraph.draw(decoder);
        hidden = decoder.hiddenSize();
        chunk = (int) Math.max(1, LOGITS_BYTES / ((long) decoder.vocabularySize() * Float.BYTES));
        rowsMemory = NativeTensor.memory((long) chunk * hidden);
        weightsMemory = NativeTensor.memory(chunk);
        Tensor loss = head.graph().y();
        weight = new Tensor("weight", loss.type(), loss.shape());
        Gradients backward = Gradients.of(
                head.graph().forward(), loss, weight, List.of(head.graph().x()));
        dx = backward.of(head.graph().x());
        losses = Program.load(head.graph().forward(), List.of(loss), threads, pool);
        gradients =
                Program.load(head.graph().forward().followedBy(backward.backward()), List.of(loss, dx), threads, pool);
        head.frozen().forEach((tensor, vector) -> frozen.put(tensor, FrozenWeights.read(tensor, vector)));
        frozen.put(head.table(), table);
    }

    /**
     * The loss of every predicted token of {@code batch}, in nats.
     *
     * @param x (tokens, hidden)
     * @param dy receives the gradient of share · Σ losses with respect to x, or null
     */
    float[] run(Batch batch, float[] x, float share, @Nullable FloatBuffer dy) {
        float[] result = new float[batch.predicted()];
        for (int first = 0; first < result.length; first += chunk) {
            int count = Math.min(chunk, result.length - first);
            runChunk(batch, x, share, dy, first, count, result);
        }
        return result;
    }

    private void runChunk(
            Batch batch, float[] x, float share, @Nullable FloatBuffer dy, int first, int count, float[] result) {
        FloatBuffer rows = rowsMemory.slice(0, count * hidden);
        FloatBuffer weights = weightsMemory.slice(0, count);
        long[] labels = new long[count];
        for (int i = 0; i < count; i++) {
            rows.put(i * hidden, x, batch.place(first + i) * hidden, hidden);
            weights.put(i, share);
            labels[i] = batch.label(first + i);
        }
        Tensor loss = head.graph().y();
        try (NativeTensor in = NativeTensor.over(rows, count, hidden);
                NativeTensor shares = NativeTensor.over(weights, count);
                NativeTensor wanted = NativeTensor.of(labels, count)) {
            Map<Tensor, NativeTensor> given = new HashMap<>(frozen);
            given.put(head.graph().x(), in);
            given.put(head.labels(), wanted);
            given.put(weight, shares);
            Map<Tensor, NativeTensor> out = (dy == null ? losses : gradients).run(given);
            System.arraycopy(floats(out, loss), 0, result, first, count);
            if (dy != null) {
                add(floats(out, dx), batch, first, count, dy);
            }
            out.values().forEach(NativeTensor::close);
        }
    }

    private void add(float[] rows, Batch batch, int first, int count, FloatBuffer dy) {
        for (int i = 0; i < count; i++) {
            int at = batch.place(first + i) * hidden;
            for (int c = 0; c < hidden; c++) {
                dy.put(at + c, dy.get(at + c) + rows[i * hidden + c]);
            }
        }
    }

    private static float[] floats(Map<Tensor, NativeTensor> out, Tensor tensor) {
        return Objects.requireNonNull(out.get(tensor)).floats();
    }

    @Override
    public void close() {
        losses.close();
        gradients.close();
        frozen.forEach((tensor, value) -> {
            if (!tensor.equals(head.table())) {
                value.close();
            }
        });
    }
}
