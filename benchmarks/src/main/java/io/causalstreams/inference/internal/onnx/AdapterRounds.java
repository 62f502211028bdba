package io.causalstreams.inference.internal.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.internal.model.AdapterWeights;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What adapters cost a decode step of 32 rows at position 64: rank 16, random weights. Steps of all variants run in turn, and of each
 * round a variant's best step counts, so that what else the machine does weighs little.
 *
 * <p>Arguments: an export, the same with {@code --adapters}, rounds (10 where not said).
 */
public final class AdapterRounds implements AutoCloseable {
    private static final int ROWS = 32;
    private static final int PAST = 64;
    private static final int RANK = 16;
    private static final int STEPS = 6;
    private static final String PREFIX = "adapters/";

    /** Which projections have adapters. */
    private enum Targets {
        NONE,
        QUERIES_AND_VALUES,
        ALL
    }

    private final String name;
    private final Path model;
    private final Targets targets;
    private final int[] tokens = new int[ROWS];
    private final int[] past = new int[ROWS];
    private final CausalLm lm;

    private AdapterRounds(String name, Path model, int adapters, Targets targets) throws OrtException {
        this.name = name;
        this.model = model;
        this.targets = targets;
        EngineConfig config = EngineConfig.defaults().withSlots(ROWS).withMaxContextTokens(256);
        this.lm = OnnxModels.openCausal(ModelDirectory.at(model), config);
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

    public static void main(String[] arguments) throws OrtException {
        Path plain = Path.of(arguments[0]);
        Path adapted = Path.of(arguments[1]);
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
        try (AdapterRounds base = new AdapterRounds("without", plain, 0, Targets.NONE);
                AdapterRounds none = new AdapterRounds("--adapters, none in use", adapted, 0, Targets.NONE);
                AdapterRounds few = new AdapterRounds("8, queries and values", adapted, 8, Targets.QUERIES_AND_VALUES);
                AdapterRounds one = new AdapterRounds("1, all projections", adapted, 1, Targets.ALL);
                AdapterRounds all = new AdapterRounds("8, all projections", adapted, 8, Targets.ALL)) {
            print(List.of(base, none, few, one, all), rounds);
        }
    }

    private static void print(List<AdapterRounds> variants, int rounds) {
        double[][] millis = new double[variants.size()][rounds];
        variants.forEach(AdapterRounds::bestOfSteps); // warm
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < variants.size(); i++) {
                millis[i][round] = variants.get(i).bestOfSteps();
            }
        }
        for (int i = 0; i < variants.size(); i++) {
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = millis[i][round] / millis[0][round];
            }
            Arrays.sort(ratios);
            System.out.printf(
                    Locale.ROOT,
                    "%-24s %.2f of the step without (%.2f to %.2f)%n",
                    variants.get(i).name,
                    ratios[rounds / 2],
                    ratios[0],
                    ratios[rounds - 1]);
        }
    }

    /** Milliseconds. */
    private double bestOfSteps() {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < STEPS; i++) {
            long start = System.nanoTime();
            lm.decode(tokens, past, ROWS);
            best = Math.min(best, System.nanoTime() - start);
        }
        return best / 1e6;
    }

    @Override
    public void close() {
        lm.close();
    }

    /** Inputs and outputs of every product that takes adapters. */
    private Map<String, int[]> products() throws OrtException {
        Map<String, int[]> products = new HashMap<>();
        try (OrtSession session = OrtEnvironment.getEnvironment()
                .createSession(model.resolve("model.onnx").toString())) {
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

    /** Queries, keys and values are one product of three times the rank, as converted adapters have them. */
    private int rank(String address) {
        if (address.endsWith("/qkv")) {
            return targets == Targets.QUERIES_AND_VALUES ? 2 * RANK : 3 * RANK;
        }
        if (targets == Targets.QUERIES_AND_VALUES) {
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
