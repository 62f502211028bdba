package io.causalstreams.benchmarks.gpu;

import io.causalstreams.inference.Device;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.model.BestTokens;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.device.Accelerator;
import io.causalstreams.inference.internal.onnx.device.Accelerators;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import io.causalstreams.inference.internal.onnx.runtime.NativeLibraries;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Whether a device computes what it should, for {@code benchmarks/gpu --check}: {@code DeviceCheck DEVICE MODEL_DIRECTORY REQUESTS}.
 *
 * <p>Prints a line for each check, and ends with 1 where one failed.
 */
public final class DeviceCheck {
    /** Of the largest logit: what passes of other sizes may differ by. */
    private static final double CLOSE = 0.03;

    private static final int SLOTS = 8;
    private static final int LENGTH = 96;
    /** Behind a prompt of so many tokens, one by one. */
    private static final int FIRST_STEP = 20;

    /** Bytes that drivers and libraries may take on their own meanwhile. */
    private static final long GROWTH = 64L << 20;

    private final Device device;
    private final Path directory;
    private boolean failed;

    private DeviceCheck(Device device, Path directory) {
        this.device = device;
        this.directory = directory;
    }

    public static void main(String[] arguments) {
        DeviceCheck check = new DeviceCheck(Device.parse(arguments[0]), Path.of(arguments[1]));
        check.passes();
        check.requests(Integer.parseInt(arguments[2]));
        System.exit(check.failed ? 1 : 0);
    }

    private EngineConfig config(boolean graphs) {
        return EngineConfig.defaults()
                .withDevice(device)
                .withSlots(SLOTS)
                .withMaxContextTokens(128)
                .withCudaGraphs(graphs);
    }

    /** The seam: chunks, rows, copies and recordings against one pass over everything. */
    private void passes() {
        float[][] nodeByNode = steps(false);
        float[][] recorded = steps(true);
        report("a recorded step = the same node by node", difference(nodeByNode, recorded));
        onTheHost(recorded);
    }

    /** The same graph on the CPU, which has half precision, too, and nothing of bf16. */
    private void onTheHost(float[][] onDevice) {
        try (CausalLm host = OnnxModels.openCausal(
                ModelDirectory.at(directory), config(false).withDevice(Device.CPU))) {
            int[] tokens = tokens(host.metadata().vocabularySize());
            float[][] whole = rows(host.prefill(0, tokens, 0, LogitsWanted.ALL));
            float[][] expected = Arrays.copyOfRange(whole, FIRST_STEP, LENGTH);
            report("the device = the CPU", difference(expected, onDevice));
            report("KL divergence of the device from the CPU, nats", divergence(expected, onDevice), 0.001);
        } catch (GenerationException e) {
            System.out.println("     | not compared with the CPU: " + e.getMessage());
        }
    }

    private static int[] tokens(int vocabulary) {
        return new Random(5).ints(LENGTH, 3, vocabulary).toArray();
    }

    /** Mean over rows of Σ p·ln(p/q). */
    private static double divergence(float[][] expected, float[][] actual) {
        double sum = 0;
        for (int row = 0; row < expected.length; row++) {
            double p = logSum(expected[row]);
            double q = logSum(actual[row]);
            for (int token = 0; token < expected[row].length; token++) {
                double logP = expected[row][token] - p;
                sum += Math.exp(logP) * (logP - (actual[row][token] - q));
            }
        }
        return sum / expected.length;
    }

    private static double logSum(float[] logits) {
        double sum = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        return largest + Math.log(sum);
    }

    /** Logits of the last row of some decode steps, checked on the way. */
    private float[][] steps(boolean graphs) {
        String how = graphs ? " (CUDA graphs)" : "";
        try (CausalLm model = OnnxModels.openCausal(ModelDirectory.at(directory), config(graphs))) {
            int[] tokens = tokens(model.metadata().vocabularySize());
            float[][] whole = rows(model.prefill(0, tokens, 0, LogitsWanted.ALL));
            model.prefill(1, Arrays.copyOf(tokens, 37), 0, LogitsWanted.NONE);
            float[][] rest = rows(model.prefill(1, Arrays.copyOfRange(tokens, 37, LENGTH), 37, LogitsWanted.ALL));
            report("chunks = one pass" + how, difference(Arrays.copyOfRange(whole, 37, LENGTH), rest));

            int rows = model.rowsOfStep(5);
            int[] past = new int[rows];
            int[] next = new int[rows];
            for (int row = 0; row < rows; row++) {
                past[row] = 11 + 7 * row;
                next[row] = tokens[past[row]];
                model.prefill(row, Arrays.copyOf(tokens, past[row]), 0, LogitsWanted.NONE);
            }
            Logits decoded = model.decode(next, past, rows);
            float[][] together = rows(decoded);
            if (decoded.best() != null) {
                report("best tokens = those of whole rows, that differ", differing(decoded.best(), together), 0);
            }
            float[][] alone = new float[rows][];
            for (int row = 0; row < rows; row++) {
                alone[row] = whole[past[row]];
            }
            report("rows of different lengths = one pass" + how, difference(alone, together));

            model.prefill(0, tokens, 0, LogitsWanted.NONE);
            model.copySlot(0, 6, 50);
            float[][] behind = rows(model.prefill(6, Arrays.copyOfRange(tokens, 50, LENGTH), 50, LogitsWanted.ALL));
            report(
                    "behind a copied prefix = one pass" + how,
                    difference(Arrays.copyOfRange(whole, 50, LENGTH), behind));

            float[][] last = new float[LENGTH - FIRST_STEP][];
            model.prefill(0, Arrays.copyOf(tokens, FIRST_STEP), 0, LogitsWanted.NONE);
            for (int position = FIRST_STEP; position < LENGTH; position++) {
                last[position - FIRST_STEP] =
                        rows(model.decode(new int[] {tokens[position]}, new int[] {position}, 1))[0];
            }
            report("one by one = one pass" + how, difference(Arrays.copyOfRange(whole, FIRST_STEP, LENGTH), last));
            return last;
        }
    }

    /** Of all best tokens those with another logit than their row has; and tokens that are missing among them. */
    private static int differing(BestTokens best, float[][] rows) {
        int differing = 0;
        for (int row = 0; row < rows.length; row++) {
            float least = Float.POSITIVE_INFINITY;
            for (int i = row * best.count(); i < (row + 1) * best.count(); i++) {
                float logit = best.logits().get(i);
                least = Math.min(least, logit);
                differing += rows[row][(int) best.ids().get(i)] == logit ? 0 : 1;
            }
            int larger = 0;
            for (float logit : rows[row]) {
                larger += logit > least ? 1 : 0;
            }
            differing += Math.max(0, larger - (best.count() - 1));
        }
        return differing;
    }

    /** The engine: resumed = uninterrupted, batched = alone, memory after many requests. */
    private void requests(int count) {
        OrtRuntime.environment();
        @Nullable Accelerator accelerator = Accelerators.find(device, NativeLibraries.folder());
        try (GenerationEngine engine = GenerationEngine.open(directory, config(true))) {
            List<Integer> alone = tokens(engine, request("alone", List.of()));
            List<Integer> resumed = tokens(engine, request("alone", alone.subList(0, alone.size() / 2)));
            List<Integer> whole = new ArrayList<>(alone.subList(0, alone.size() / 2));
            whole.addAll(resumed);
            report("resumed = uninterrupted, tokens that differ", differing(alone, whole), 0);
            List<List<Integer>> batched = Flux.range(0, SLOTS)
                    .flatMap(i -> engine.generate(i == 0 ? request("alone", List.of()) : request("r-" + i, List.of()))
                            .ofType(GenerationEvent.TokenChunk.class)
                            .concatMapIterable(GenerationEvent.TokenChunk::tokenIds)
                            .collectList())
                    .collectList()
                    .block();
            report(
                    "batched = alone is among the answers, 0 = yes",
                    batched != null && batched.contains(alone) ? 0 : 1,
                    0);

            run(engine, "warm", Math.min(count, 4 * SLOTS));
            long before = free(accelerator);
            long begin = System.nanoTime();
            run(engine, "many", count);
            double seconds = (System.nanoTime() - begin) / 1e9;
            report(
                    "growth over " + count + " requests in " + Math.round(seconds) + " s, bytes",
                    (double) (before - free(accelerator)),
                    GROWTH);
        }
    }

    private static long free(@Nullable Accelerator accelerator) {
        return accelerator == null ? 0 : accelerator.memory().freeBytes();
    }

    private static void run(GenerationEngine engine, String name, int count) {
        Flux.range(0, count)
                .flatMap(i -> engine.generate(request(name + i, List.of())), 2 * SLOTS)
                .blockLast();
    }

    private static GenerationRequest request(String id, List<Integer> resumeFrom) {
        GenerationRequest request = GenerationRequest.of(
                id,
                new Prompt.Text("The capital of " + id + " is"),
                SamplingParams.greedy(24).toBuilder().temperature(0.8).seed(9L).build());
        return resumeFrom.isEmpty() ? request : request.resumedFrom(List.of(resumeFrom));
    }

    private static List<Integer> tokens(GenerationEngine engine, GenerationRequest request) {
        List<Integer> tokens = engine.generate(request)
                .ofType(GenerationEvent.TokenChunk.class)
                .concatMapIterable(GenerationEvent.TokenChunk::tokenIds)
                .collectList()
                .block();
        return tokens == null ? List.of() : tokens;
    }

    private static int differing(List<Integer> expected, List<Integer> actual) {
        int differing = Math.abs(expected.size() - actual.size());
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            differing += expected.get(i).equals(actual.get(i)) ? 0 : 1;
        }
        return differing;
    }

    /** The largest difference, as a share of the largest logit. */
    private static double difference(float[][] expected, float[][] actual) {
        double most = 0;
        double largest = 1e-9;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                double difference = Math.abs(expected[row][i] - actual[row][i]);
                most = difference <= most ? most : difference; // NaN counts as more
                largest = Math.max(largest, Math.abs(expected[row][i]));
            }
        }
        return most / largest;
    }

    private static float[][] rows(Logits logits) {
        float[][] rows = new float[logits.rows()][logits.vocabulary()];
        for (int row = 0; row < rows.length; row++) {
            logits.copyRow(row, rows[row]);
        }
        return rows;
    }

    private void report(String what, double difference) {
        report(what + ", share of the largest logit", difference, CLOSE);
    }

    private void report(String what, double figure, double most) {
        boolean holds = figure <= most;
        failed |= !holds;
        System.out.printf("%s | %s: %.4g (at most %.4g)%n", holds ? "ok  " : "FAIL", what, figure, most);
    }
}
