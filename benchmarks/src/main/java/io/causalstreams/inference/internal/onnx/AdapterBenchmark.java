package io.causalstreams.inference.internal.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.internal.model.AdapterWeights;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A decode step of 32 rows at position 64 with adapters of rank 16 and random weights. {@code -p model=DIR} names an export; with
 * {@code adapters=0} any, else one of {@code export --adapters}. Queries, keys and values are one product of three times the rank, as
 * converted adapters have them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 3)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by JMH
public class AdapterBenchmark {
    private static final int ROWS = 32;
    private static final int PAST = 64;
    private static final int RANK = 16;
    private static final String PREFIX = "adapters/";

    @Param("")
    public String model = "";

    @Param({"0", "1", "8"})
    public int adapters;

    /** Which projections: {@code all}, or {@code qv}, queries and values. */
    @Param("all")
    public String targets = "";

    private final int[] tokens = new int[ROWS];
    private final int[] past = new int[ROWS];
    private CausalLm lm;

    @Setup
    public void open() throws OrtException {
        EngineConfig config = EngineConfig.defaults().withSlots(ROWS).withMaxContextTokens(256);
        lm = OnnxModels.openCausal(ModelDirectory.at(Path.of(model)), config);
        Arrays.fill(tokens, 1000);
        Arrays.fill(past, PAST);
        AdapterWeights[] loaded = new AdapterWeights[adapters];
        Map<String, int[]> products = adapters == 0 ? Map.of() : products();
        Arrays.setAll(loaded, i -> random("adapter-" + i, products, new Random(i)));
        for (int slot = 0; slot < ROWS; slot++) {
            lm.prefill(slot, new int[PAST], 0, CausalLm.LogitsWanted.NONE);
            if (adapters > 0) {
                lm.useAdapter(slot, loaded[slot % adapters]);
            }
        }
    }

    @Benchmark
    public Logits step() {
        return lm.decode(tokens, past, ROWS);
    }

    @TearDown
    public void close() {
        lm.close();
    }

    /** Inputs and outputs of every product that takes adapters. */
    private Map<String, int[]> products() throws OrtException {
        Map<String, int[]> products = new HashMap<>();
        try (OrtSession session = OrtEnvironment.getEnvironment()
                .createSession(Path.of(model).resolve("model.onnx").toString())) {
            session.getInputInfo().forEach((name, info) -> {
                if (name.startsWith(PREFIX) && info.getInfo() instanceof TensorInfo tensor) {
                    String address = name.substring(PREFIX.length(), name.lastIndexOf('.'));
                    int[] sizes = products.computeIfAbsent(address, key -> new int[2]);
                    if (name.endsWith(".a")) {
                        sizes[0] = (int) tensor.getShape()[1];
                    } else if (name.endsWith(".b")) {
                        sizes[1] = (int) tensor.getShape()[2];
                    }
                }
            });
        }
        return products;
    }

    private AdapterWeights random(String name, Map<String, int[]> products, Random random) {
        Map<String, AdapterWeights.Pair> pairs = new HashMap<>();
        products.forEach((address, sizes) -> {
            int rank = rank(address);
            if (rank > 0) {
                pairs.put(
                        address,
                        new AdapterWeights.Pair(
                                rank, floats(sizes[0] * rank, random), floats(rank * sizes[1], random)));
            }
        });
        return new AdapterWeights(name, pairs);
    }

    private int rank(String address) {
        if (address.endsWith("/qkv")) {
            return targets.equals("qv") ? 2 * RANK : 3 * RANK;
        }
        if (targets.equals("qv")) {
            return 0;
        }
        return RANK;
    }

    private static FloatBuffer floats(int count, Random random) {
        float[] elements = new float[count];
        for (int i = 0; i < count; i++) {
            elements[i] = (float) random.nextGaussian() / 100;
        }
        return FloatBuffer.wrap(elements);
    }
}
