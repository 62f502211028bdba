package io.causalstreams.tuning.internal.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import io.causalstreams.tuning.internal.differentiation.Computation;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A computation that ONNX Runtime has loaded. Threading: one thread at a time. */
public final class Program implements AutoCloseable {
    private final OrtSession session;
    private final List<Tensor> inputs;
    private final List<Tensor> outputs;
    private final MemoryPool pool;

    private Program(OrtSession session, List<Tensor> inputs, List<Tensor> outputs, MemoryPool pool) {
        this.session = session;
        this.inputs = inputs;
        this.outputs = outputs;
        this.pool = pool;
    }

    /**
     * Loads {@code computation}.
     *
     * @param outputs what every run gives
     * @param threads cores to run on
     * @param pool where results of known shapes go
     */
    public static Program load(Computation computation, List<Tensor> outputs, int threads, MemoryPool pool) {
        OrtEnvironment environment = OrtRuntime.environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            // Several sessions take turns: the workers of one must not keep the cores busy while another runs.
            options.addConfigEntry("session.intra_op.spin_duration_us", "50");
            options.addConfigEntry("session.intra_op.spin_backoff_max", "8");
            OrtSession session = environment.createSession(OnnxGraph.of(computation, outputs), options);
            return new Program(session, List.copyOf(computation.inputs()), List.copyOf(outputs), pool);
        } catch (OrtException e) {
            throw new TrainingRuntimeException("the training graph cannot be loaded", e);
        }
    }

    /** What a run reads. */
    public List<Tensor> inputs() {
        return inputs;
    }

    /**
     * Runs the computation.
     *
     * @param given at least all {@link #inputs}
     * @return the outputs, the caller's to close
     */
    public Map<Tensor, NativeTensor> run(Map<Tensor, NativeTensor> given) {
        Map<String, OnnxTensor> in = new HashMap<>();
        for (Tensor input : inputs) {
            NativeTensor value = given.get(input);
            if (value == null) {
                throw new IllegalArgumentException(input + " is not given");
            }
            in.put(input.name(), value.tensor());
        }
        Map<Tensor, NativeTensor> values = new LinkedHashMap<>();
        Map<String, OnnxValue> pinned = new HashMap<>();
        Set<String> others = new LinkedHashSet<>();
        for (Tensor output : outputs) {
            if (output.shape().contains(Tensor.ANY)) {
                others.add(output.name());
            } else {
                NativeTensor place = pool.take(
                        output.shape().stream().mapToLong(Long::longValue).toArray());
                values.put(output, place);
                pinned.put(output.name(), place.tensor());
            }
        }
        try {
            // The result itself holds nothing: its values are closed one by one, when they are not needed any more.
            OrtSession.Result result = session.run(in, others, pinned);
            for (Tensor output : outputs) {
                if (others.contains(output.name())) {
                    values.put(output, new NativeTensor((OnnxTensor)
                            result.get(output.name()).orElseThrow()));
                }
            }
            return values;
        } catch (OrtException e) {
            throw new TrainingRuntimeException("a training graph failed", e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new TrainingRuntimeException("a session cannot be closed", e);
        }
    }
}
