package io.causalstreams.benchmarks.embed;

import io.causalstreams.inference.Embedding;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Embeds a file of texts once for every line on standard input: prints the seconds of it, or, for the line {@code vectors}, the
 * vectors as one JSON array a line. From texts to vectors, tokenization included, one caller.
 *
 * <p>Arguments: a model directory, a file with a text in each line, threads.
 */
public final class EmbedRounds {
    private EmbedRounds() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> texts = Files.readAllLines(Path.of(arguments[1]));
        EngineConfig config =
                EngineConfig.defaults().withMaxWaiting(texts.size()).withIntraOpThreads(Integer.parseInt(arguments[2]));
        try (GenerationEngine engine = GenerationEngine.open(Path.of(arguments[0]), config);
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready");
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                long start = System.nanoTime();
                AtomicReferenceArray<Embedding> vectors = embed(engine, texts);
                double seconds = (System.nanoTime() - start) / 1e9;
                if (command.equals("vectors")) {
                    for (int i = 0; i < vectors.length(); i++) {
                        System.out.println(json(vectors.get(i)));
                    }
                } else {
                    System.out.printf(Locale.ROOT, "%.6f%n", seconds);
                }
            }
        }
    }

    private static AtomicReferenceArray<Embedding> embed(GenerationEngine engine, List<String> texts)
            throws InterruptedException {
        AtomicReferenceArray<Embedding> vectors = new AtomicReferenceArray<>(texts.size());
        CountDownLatch left = new CountDownLatch(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            GenerationRequest request = GenerationRequest.embed(texts.get(i))
                    .withId("text-" + i)
                    .withTask(new Task.Embed(null, null, true));
            engine.generate(engine.prepare(request), new Collector(i, vectors, left));
        }
        left.await();
        return vectors;
    }

    private static String json(Embedding embedding) {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < embedding.dimensions(); i++) {
            json.append(i == 0 ? "" : ",").append(embedding.at(i));
        }
        return json.append(']').toString();
    }

    private record Collector(int index, AtomicReferenceArray<Embedding> vectors, CountDownLatch left)
            implements GenerationListener {
        @Override
        public void onTokens(TokenChunk tokens) {}

        @Override
        public void onFinished(Finished finished) {
            vectors.set(index, Objects.requireNonNull(finished.embedding()));
            left.countDown();
        }

        @Override
        public void onFailed(GenerationException error) {
            System.err.println(error.getMessage());
            left.countDown();
        }
    }
}
