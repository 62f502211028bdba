package io.causalstreams.tuning.internal.model;

import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.Rotary;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.weight.Weight;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import io.causalstreams.tuning.internal.adapter.AdaptedModule;
import io.causalstreams.tuning.internal.adapter.Adapter;
import io.causalstreams.tuning.internal.adapter.Parameter;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import io.causalstreams.tuning.internal.graph.BatchShape;
import io.causalstreams.tuning.internal.graph.LayerGraph;
import io.causalstreams.tuning.internal.graph.LayerGraphs;
import io.causalstreams.tuning.internal.onnx.MemoryPool;
import io.causalstreams.tuning.internal.onnx.NativeTensor;
import io.causalstreams.tuning.internal.onnx.Program;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A decoder with an adapter, run forward and backward.
 *
 * <pre>
 *   tokens ─► embedding ─► layer 0 ─► … ─► layer L-1 ─► head ─► losses
 *                            │ kept           │ kept      │
 *              dA, dB ◄──── layer 0 ◄─ … ◄─ layer L-1 ◄──dy
 * </pre>
 *
 * What a layer's backward pass reads is kept as long as it fits; of other layers only x is kept, and they run forward once more
 * (activation checkpointing, Chen et al., arXiv 1604.06174). Threading: one thread.
 */
public final class TrainableModel implements AutoCloseable {
    private final Decoder decoder;
    private final LoraConfig lora;
    private final long keptBytes;
    private final FrozenWeights frozen;
    private final NativeTensor table;
    private final NativeTensor headTable;
    private final float @Nullable [] positionTable;
    private final FloatBuffer tableMemory;
    private final MemoryPool pool = new MemoryPool();
    private final Adapter adapter;
    /** The first layer with something to learn: gradients end there. */
    private final int lowest;

    private final HeadProgram head;
    private final LayerPrograms.Cache programs;
    private Runnable beforeWork = () -> {};
    private final Map<Drawn, List<LayerGraph>> graphs = new LinkedHashMap<>();

    /** How layers are drawn: those that learn may drop some of what adapters read. */
    private record Drawn(BatchShape shape, LoraConfig lora) {}

    /**
     * How a model is held.
     *
     * @param storage of the layers' weights
     * @param keptBytes memory for what backward passes read
     * @param threads cores to compute on
     */
    public record Settings(FrozenStorage storage, long keptBytes, int threads) {}

    /** Reads all weights; the adapter begins with zeros. */
    public TrainableModel(Decoder decoder, LoraConfig lora, Settings settings) {
        OrtRuntime.environment(); // on a thread with enough stack for its start
        this.decoder = decoder;
        this.lora = lora;
        this.keptBytes = settings.keptBytes();
        this.programs = new LayerPrograms.Cache(settings.threads(), pool);
        this.frozen = new FrozenWeights(settings.storage());
        Weight tokens = decoder.tokenTable();
        Tensor tableTensor = matrix(tokens);
        this.tableMemory = NativeTensor.memory(tableTensor.elements());
        this.table = FrozenWeights.readInto(tableMemory, tableTensor, tokens);
        Weight heads = decoder.head().weight();
        this.headTable = heads.equals(tokens) ? table : FrozenWeights.read(matrix(heads), heads);
        this.positionTable =
                decoder.positionTable() == null ? null : decoder.positionTable().read();
        this.head = new HeadProgram(decoder, headTable, settings.threads(), pool);
        List<LayerGraph> any = graphs(new BatchShape(1, 1), lora);
        Set<AdaptedModule> modules = new LinkedHashSet<>();
        for (int i = 0; i < any.size(); i++) {
            frozen.load(i, any.get(i).frozen());
            modules.addAll(any.get(i).adapterA().values());
        }
        this.adapter = new Adapter(lora, modules);
        this.lowest = lowest(any);
    }

    private int lowest(List<LayerGraph> layers) {
        for (int i = 0; i < layers.size(); i++) {
            if (!layers.get(i).adapterA().isEmpty()) {
                return i;
            }
        }
        throw new UnsupportedModelException("no projection of the model has the name of a target module: "
                + String.join(", ", lora.targets()) + "; name some, or " + LoraConfig.ALL_LINEAR);
    }

    private static Tensor matrix(Weight weight) {
        return new Tensor("table", ElementType.FLOAT, List.of((long) weight.rows(), (long) weight.columns()));
    }

    /** {@code pause} runs before each layer, forward or backward; it may wait. */
    public void pauseBy(Runnable pause) {
        beforeWork = pause;
    }

    /** What learns. */
    public Adapter adapter() {
        return adapter;
    }

    /** The loss of every predicted token, in nats. */
    public float[] losses(Batch batch) {
        try (Pass pass = new Pass(batch, lora.withoutDropout(), 0)) {
            return pass.losses();
        }
    }

    /**
     * The loss of every predicted token, in nats, and the gradients of share · Σ losses, which are added to those of the
     * adapter's parameters.
     *
     * @param draw names what dropout drops; of no account without it
     */
    public float[] lossesAndGradients(Batch batch, float share, long draw) {
        try (Pass pass = new Pass(batch, lora, draw)) {
            return pass.lossesAndGradients(share);
        }
    }

    private List<LayerGraph> graphs(BatchShape shape, LoraConfig lora) {
        Drawn drawn = new Drawn(shape, lora);
        List<LayerGraph> known = graphs.get(drawn);
        if (known == null) {
            known = decoder.layers().stream()
                    .map(layer -> LayerGraphs.draw(layer, decoder.hiddenSize(), lora, shape))
                    .toList();
            graphs.put(drawn, known);
        }
        return known;
    }

    /** One batch on its way. */
    private final class Pass implements AutoCloseable {
        private final Batch batch;
        private final Dropout dropout;
        private final List<LayerGraph> layers;
        private final Map<Rotary, NativeTensor> cos = new HashMap<>();
        private final Map<Rotary, NativeTensor> sin = new HashMap<>();
        private final Map<Integer, NativeTensor> masks = new HashMap<>();
        private final NativeTensor positions;
        private final List<NativeTensor> xs = new ArrayList<>();
        private final Map<Integer, Map<Tensor, NativeTensor>> kept = new HashMap<>();

        Pass(Batch batch, LoraConfig lora, long draw) {
            this.batch = batch;
            this.dropout = new Dropout(lora.dropout(), draw);
            this.layers = graphs(batch.shape(), lora);
            this.positions = NativeTensor.of(
                    batch.positionIds(), batch.shape().rows(), batch.shape().length());
            xs.add(embedded());
        }

        float[] losses() {
            for (int i = 0; i < layers.size(); i++) {
                forward(i, false);
            }
            return head.run(batch, last().floats(), 1, null);
        }

        float[] lossesAndGradients(float share) {
            long free = keptBytes;
            for (int i = 0; i < layers.size(); i++) {
                // The last layer's backward pass comes next: it is kept in any case, and the first ones as long as
                // there is room.
                long bytes = programs.of(layers.get(i), i == lowest).savedBytes();
                boolean keep = i >= lowest && (i == layers.size() - 1 || bytes <= free);
                free -= keep ? bytes : 0;
                forward(i, keep);
            }
            int tokens = batch.shape().tokens();
            NativeTensor gradient = pool.filled(new float[tokens * decoder.hiddenSize()], tokens, decoder.hiddenSize());
            float[] losses = head.run(batch, last().floats(), share, gradient.memory());
            for (int i = layers.size() - 1; i >= lowest; i--) {
                try (NativeTensor before = gradient) {
                    gradient = backward(i, before, i == lowest);
                }
            }
            gradient.close();
            return losses;
        }

        private NativeTensor last() {
            return xs.get(xs.size() - 1);
        }

        private void forward(int i, boolean keep) {
            Map<Tensor, NativeTensor> results = run(i);
            xs.add(Objects.requireNonNull(results.remove(layers.get(i).y())));
            if (keep) {
                kept.put(i, results);
            } else {
                results.values().forEach(NativeTensor::close);
            }
        }

        private Map<Tensor, NativeTensor> run(int i) {
            beforeWork.run();
            Map<Tensor, NativeTensor> given = inputs(i);
            return run(programs.of(layers.get(i), i == lowest).forward(), layers.get(i), given);
        }

        /** With what dropout drops of the layer, for as long as it runs. */
        private Map<Tensor, NativeTensor> run(Program program, LayerGraph layer, Map<Tensor, NativeTensor> given) {
            Map<Tensor, NativeTensor> factors = new HashMap<>();
            layer.dropouts().forEach((tensor, module) -> factors.put(tensor, factors(tensor, module)));
            given.putAll(factors);
            try {
                return program.run(given);
            } finally {
                factors.values().forEach(NativeTensor::close);
            }
        }

        private NativeTensor factors(Tensor tensor, AdaptedModule module) {
            int count = Math.toIntExact(tensor.elements());
            return pool.filled(dropout.factors(module.name(), count), tensor.size(0), tensor.size(1));
        }

        /** The gradient of the layer's x, or an empty one at the lowest. */
        private NativeTensor backward(int i, NativeTensor dy, boolean first) {
            beforeWork.run();
            LayerGraph layer = layers.get(i);
            LayerPrograms program = programs.of(layer, first);
            Map<Tensor, NativeTensor> saved = kept.remove(i);
            if (saved == null) {
                saved = run(i);
            }
            Map<Tensor, NativeTensor> given = inputs(i);
            given.putAll(saved);
            given.put(layer.y(), xs.get(i + 1));
            given.put(program.dy(), dy);
            Map<Tensor, NativeTensor> results = run(program.backward(), layer, given);
            saved.values().forEach(NativeTensor::close);
            layer.adapterA().forEach((tensor, module) -> accumulate(adapter.a(module), program, tensor, results));
            layer.adapterB().forEach((tensor, module) -> accumulate(adapter.b(module), program, tensor, results));
            Tensor dx = program.gradients().get(layer.x());
            return dx == null ? NativeTensor.of(new long[] {0}, 1) : Objects.requireNonNull(results.get(dx));
        }

        private void accumulate(
                Parameter parameter, LayerPrograms program, Tensor tensor, Map<Tensor, NativeTensor> results) {
            Tensor gradient = Objects.requireNonNull(program.gradients().get(tensor));
            try (NativeTensor value = Objects.requireNonNull(results.get(gradient))) {
                parameter.accumulate(value.floats());
            }
        }

        private Map<Tensor, NativeTensor> inputs(int i) {
            LayerGraph layer = layers.get(i);
            Map<Tensor, NativeTensor> inputs = new HashMap<>(frozen.of(i));
            inputs.put(layer.x(), xs.get(i));
            layer.adapterA()
                    .forEach((tensor, module) ->
                            inputs.put(tensor, adapter.a(module).tensor()));
            layer.adapterB()
                    .forEach((tensor, module) ->
                            inputs.put(tensor, adapter.b(module).tensor()));
            layer.cos()
                    .forEach((tensor, rotary) ->
                            inputs.put(tensor, cos.computeIfAbsent(rotary, r -> angles(r, Rotary::cos))));
            layer.sin()
                    .forEach((tensor, rotary) ->
                            inputs.put(tensor, sin.computeIfAbsent(rotary, r -> angles(r, Rotary::sin))));
            layer.masks().forEach((tensor, window) -> inputs.put(tensor, masks.computeIfAbsent(window, this::mask)));
            if (layer.positions() != null) {
                inputs.put(layer.positions(), positions);
            }
            return inputs;
        }

        private NativeTensor mask(int window) {
            BatchShape shape = batch.shape();
            return pool.filled(batch.mask(window), shape.rows(), 1, shape.length(), shape.length());
        }

        private NativeTensor angles(Rotary rotary, Angle angle) {
            int length = batch.shape().length();
            NativeTensor table = pool.take(length, rotary.pairs());
            for (int position = 0; position < length; position++) {
                for (int pair = 0; pair < rotary.pairs(); pair++) {
                    table.memory().put(position * rotary.pairs() + pair, angle.at(rotary, position, pair));
                }
            }
            return table;
        }

        private NativeTensor embedded() {
            int hidden = decoder.hiddenSize();
            float scale = (float) decoder.embeddingScale();
            float[] row = new float[hidden];
            NativeTensor x = pool.take(batch.shape().tokens(), hidden);
            for (int index = 0; index < batch.shape().tokens(); index++) {
                tableMemory.get(batch.token(index) * hidden, row);
                for (int c = 0; c < hidden; c++) {
                    row[c] = row[c] * scale
                            + (positionTable == null ? 0 : positionTable[batch.position(index) * hidden + c]);
                }
                x.memory().put(index * hidden, row);
            }
            return x;
        }

        @Override
        public void close() {
            xs.forEach(NativeTensor::close);
            kept.values().forEach(saved -> saved.values().forEach(NativeTensor::close));
            cos.values().forEach(NativeTensor::close);
            sin.values().forEach(NativeTensor::close);
            masks.values().forEach(NativeTensor::close);
            positions.close();
        }
    }

    private interface Angle {
        float at(Rotary rotary, int position, int pair);
    }

    @Override
    public void close() {
        programs.close();
        head.close();
        adapter.close();
        frozen.close();
        table.close();
        if (!decoder.head().weight().equals(decoder.tokenTable())) {
            headTable.close();
        }
    }
}
