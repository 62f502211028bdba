package io.causalstreams.learning;

import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.tuning.TuningOptions;
import io.causalstreams.tuning.internal.model.FrozenStorage;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * What serving loses while a round of learning runs: {@code BesideServing MODEL CHECKPOINT SHARE STREAMS SECONDS WINDOWS}. Streams answer
 * without a pause, each prompt different; windows alternate between serving alone and serving beside a round. Prints tokens per second and
 * times to first tokens of each.
 */
public final class BesideServing {
    private static final int ANSWER_TOKENS = 64;

    private final FirstTokens engine;
    private final AtomicLong tokens = new AtomicLong();
    private final AtomicInteger prompts = new AtomicInteger();
    private final ConcurrentLinkedQueue<Double> firstMs = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    private BesideServing(FirstTokens engine) {
        this.engine = engine;
    }

    public static void main(String[] arguments) throws Exception {
        Path model = Path.of(arguments[0]);
        Path checkpoint = Path.of(arguments[1]);
        double share = Double.parseDouble(arguments[2]);
        int streams = Integer.parseInt(arguments[3]);
        int seconds = Integer.parseInt(arguments[4]);
        int windows = Integer.parseInt(arguments[5]);
        Path work = Files.createTempDirectory("beside");
        try (FirstTokens engine = new FirstTokens(
                GenerationEngine.open(model, EngineConfig.defaults().withMaxContextTokens(512)))) {
            BesideServing serving = new BesideServing(engine);
            for (int i = 0; i < streams; i++) {
                serving.ask();
            }
            serving.window("warm-up", seconds);
            for (int i = 0; i < windows; i++) {
                serving.window("alone", seconds);
                AtomicBoolean began = new AtomicBoolean();
                AtomicBoolean stopped = new AtomicBoolean();
                Thread round = round(engine, share, checkpoint, work.resolve("round" + i), began, stopped);
                while (!began.get()) {
                    Thread.sleep(100); // weights are read once a round
                }
                long before = cpuNanos(round);
                serving.window("beside", seconds);
                System.out.printf(Locale.ROOT, "  the round had %.1f s of a core%n", (cpuNanos(round) - before) / 1e9);
                stopped.set(true);
                round.join();
            }
            serving.ended = true;
        }
        System.exit(0);
    }

    private void window(String name, int seconds) throws InterruptedException {
        firstMs.clear();
        long before = tokens.get();
        long began = System.nanoTime();
        Thread.sleep(seconds * 1000L);
        double rate = (tokens.get() - before) * 1e9 / (System.nanoTime() - began);
        List<Double> times = new ArrayList<>(firstMs);
        times.sort(null);
        System.out.printf(
                Locale.ROOT,
                "%-8s %.1f tokens/s, first token after %.0f ms (median), %.0f ms (p95), %d requests%n",
                name,
                rate,
                times.isEmpty() ? Double.NaN : times.get(times.size() / 2),
                times.isEmpty() ? Double.NaN : times.get(times.size() * 95 / 100),
                times.size());
    }

    private void ask() {
        if (ended) {
            return;
        }
        int number = prompts.incrementAndGet();
        String text = number + " is a number. " + "What do we know about it, and about the others? ".repeat(6);
        SamplingParams sampling = SamplingParams.builder()
                .temperature(0)
                .maxTokens(ANSWER_TOKENS)
                .ignoreEos(true)
                .build();
        long began = System.nanoTime();
        Generation unused = engine.generate(
                engine.prepare(GenerationRequest.of("r" + number, new Prompt.Text(text), sampling)),
                new GenerationListener() {
                    @Override
                    public void onTokens(GenerationEvent.TokenChunk chunk) {
                        if (chunk.tokenIndex() == 0) {
                            firstMs.add((System.nanoTime() - began) / 1e6);
                        }
                        tokens.addAndGet(chunk.tokenIds().size());
                    }

                    @Override
                    public void onFinished(GenerationEvent.Finished finished) {
                        new Thread(BesideServing.this::ask).start(); // not on the engine's thread
                    }

                    @Override
                    public void onFailed(GenerationException error) {}
                });
    }

    /** On one core all of a round is computed by its own thread. */
    private static long cpuNanos(Thread thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
    }

    private static Thread round(
            FirstTokens engine, double share, Path checkpoint, Path work, AtomicBoolean began, AtomicBoolean stopped) {
        TuningOptions options = new TuningOptions(
                new LoraConfig(16, 32, false, List.of(LoraConfig.ALL_LINEAR)),
                FrozenStorage.FP32,
                new TuningOptions.Schedule(3, 0, 16, 2e-4, 0.1, 0.01, 1, 0, 4, 0),
                1024,
                256,
                512L << 20,
                1,
                0);
        FineTuner tuner = new FineTuner(
                new FineTuner.FineTunerSettings(checkpoint, work, work.resolve("store"), null, null, options),
                engine,
                share);
        List<String> records = IntStream.range(0, 200)
                .mapToObj(i -> "{\"messages\":[{\"role\":\"user\",\"content\":\"Question " + i
                        + ": which of the numbers from one to ten do you like best, and why is it that one?\"}],"
                        + "\"completion\":\"The number " + i % 10 + " of course.\"}")
                .toList();
        Tuner.Round round = new Tuner.Round("bench", 1, records, records.subList(0, 20), null);
        Thread thread = new Thread(() -> {
            try {
                tuner.tune(round, () -> {
                    began.set(true);
                    return stopped.get();
                });
            } catch (Tuner.StoppedException e) {
                // measured
            }
        });
        thread.start();
        return thread;
    }
}
