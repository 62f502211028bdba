package io.causalstreams.inference.internal.engine;

import io.causalstreams.benchmarks.SyntheticVocabulary;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.scheduling.FairPriorityPolicy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The engine's loop, its scheduler and its slots, under requests that arrive at random, around a model whose passes take the time
 * that was measured of a real one, by a clock that only they move. Minutes of a GPU pass in seconds here.
 *
 * <pre>
 *   LoadSimulation DECODE PREFILL PROMPT COMPLETION SECONDS HEAVY RATE…
 *   LoadSimulation 1=5.5,8=6.6,32=8.5,64=11.6 97000 500 100 120 1 10 20 30
 * </pre>
 *
 * One line of JSON for each rate of requests a second. Requests are of ten users; one of them sends {@code HEAVY} times as many as
 * each other.
 */
public final class LoadSimulation {
    private static final int VOCABULARY = 64;
    private static final int USERS = 10;
    /** The first requests meet an empty engine. */
    private static final double SETTLED = 0.2;

    private final StepTimes times;
    private final int promptTokens;
    private final int completionTokens;
    private final double seconds;
    private final double heavy;

    private long nowNanos;
    private long busyNanos;

    private LoadSimulation(StepTimes times, int promptTokens, int completionTokens, double seconds, double heavy) {
        this.times = times;
        this.promptTokens = promptTokens;
        this.completionTokens = completionTokens;
        this.seconds = seconds;
        this.heavy = heavy;
    }

    /** See the class. */
    public static void main(String[] arguments) {
        StepTimes times = new StepTimes(arguments[0], Double.parseDouble(arguments[1]));
        for (String rate : Arrays.asList(arguments).subList(6, arguments.length)) {
            LoadSimulation simulation = new LoadSimulation(
                    times,
                    Integer.parseInt(arguments[2]),
                    Integer.parseInt(arguments[3]),
                    Double.parseDouble(arguments[4]),
                    Double.parseDouble(arguments[5]));
            System.out.println(simulation.run(Double.parseDouble(rate)));
        }
    }

    private String run(double rate) {
        List<Request> requests = arrivals(rate);
        SyntheticVocabulary tokenizer = new SyntheticVocabulary();
        EngineConfig config = EngineConfig.defaults()
                .withSlots(times.slots())
                .withMaxContextTokens(promptTokens + completionTokens)
                .withPrefixCacheTokens(0)
                .withSpeculation(false);
        TimedLm model = new TimedLm();
        ModelFacts facts = ModelFacts.of(model.metadata(), tokenizer);
        SubmissionQueue queue = new SubmissionQueue(requests.size(), () -> {});
        EngineLoop loop =
                new EngineLoop(model, config, queue, new FairPriorityPolicy(), Clock.systemUTC(), () -> nowNanos);
        RequestPreparation preparation = new RequestPreparation(
                model.metadata(),
                model.maxContextTokens(),
                tokenizer,
                null,
                constraint -> {
                    throw new UnsupportedOperationException("no request asks for one");
                },
                new Adapters(model));
        int next = 0;
        boolean more = false;
        while (more || next < requests.size()) {
            if (!more) {
                nowNanos = Math.max(nowNanos, requests.get(next).arrivedNanos);
            }
            while (next < requests.size() && requests.get(next).arrivedNanos <= nowNanos) {
                Request request = requests.get(next++);
                TokenizedRequest prepared = preparation.prepare(request.generation());
                queue.submit(prepared.id, () -> new RequestRun(prepared, facts, request));
            }
            more = loop.step();
        }
        return describe(rate, requests);
    }

    /** A Poisson process. */
    private List<Request> arrivals(double rate) {
        SplittableRandom random = new SplittableRandom(1);
        List<Request> requests = new ArrayList<>();
        double at = 0;
        while (true) {
            at -= Math.log(1 - random.nextDouble()) / rate;
            if (at > seconds) {
                return requests;
            }
            int user = random.nextDouble() < heavy / (heavy + USERS - 1) ? 0 : 1 + random.nextInt(USERS - 1);
            requests.add(new Request(requests.size(), user, (long) (at * 1e9)));
        }
    }

    private String describe(double rate, List<Request> requests) {
        List<Request> counted = requests.subList((int) (requests.size() * SETTLED), requests.size());
        double[] first = counted.stream().mapToDouble(Request::firstMillis).toArray();
        double[] whole = counted.stream().mapToDouble(Request::wholeMillis).toArray();
        double[] others = counted.stream()
                .filter(request -> request.user != 0)
                .mapToDouble(Request::firstMillis)
                .toArray();
        double[] heaviest = counted.stream()
                .filter(request -> request.user == 0)
                .mapToDouble(Request::firstMillis)
                .toArray();
        return String.format(
                Locale.ROOT,
                "{\"rate\":%s,\"requests\":%d,\"busy\":%.3f,\"tokens_per_second\":%.0f,\"first_p50\":%.1f,\"first_p99\":%.1f,"
                        + "\"whole_p50\":%.1f,\"whole_p99\":%.1f,\"others_first_p99\":%.1f,\"heavy_first_p99\":%.1f}",
                rate,
                requests.size(),
                (double) busyNanos / nowNanos,
                (double) requests.size() * completionTokens / nowNanos * 1e9,
                percentile(first, 50),
                percentile(first, 99),
                percentile(whole, 50),
                percentile(whole, 99),
                percentile(others, 99),
                percentile(heaviest, 99));
    }

    private static double percentile(double[] values, int percent) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(sorted.length * percent / 100.0) - 1];
    }

    /** A model that moves the clock. */
    private final class TimedLm extends IdleLm {
        TimedLm() {
            super(times.slots(), promptTokens + completionTokens, VOCABULARY);
        }

        @Override
        public Logits decode(int[] tokenIds, int[] pastLengths, int rows) {
            pass(times.decodeNanos(rows));
            return super.decode(tokenIds, pastLengths, rows);
        }

        @Override
        public Logits prefill(int slot, int[] tokenIds, int pastLength, LogitsWanted wanted) {
            pass(times.prefillNanos(tokenIds.length));
            return super.prefill(slot, tokenIds, pastLength, wanted);
        }

        private void pass(long nanos) {
            nowNanos += nanos;
            busyNanos += nanos;
        }
    }

    /** One request, and when it had its first token and its last. */
    private final class Request implements GenerationListener {
        private final int number;
        private final int user;
        private final long arrivedNanos;
        private long firstNanos;
        private long endNanos;

        Request(int number, int user, long arrivedNanos) {
            this.number = number;
            this.user = user;
            this.arrivedNanos = arrivedNanos;
        }

        GenerationRequest generation() {
            List<Integer> prompt = new SplittableRandom(number)
                    .ints(promptTokens, 3, VOCABULARY)
                    .boxed()
                    .toList();
            SamplingParams greedy = SamplingParams.builder()
                    .temperature(0)
                    .ignoreEos(true)
                    .maxTokens(completionTokens)
                    .build();
            return GenerationRequest.of("request-" + number, new Prompt.Tokens(prompt), greedy)
                    .withUser("user-" + user);
        }

        double firstMillis() {
            return (firstNanos - arrivedNanos) / 1e6;
        }

        double wholeMillis() {
            return (endNanos - arrivedNanos) / 1e6;
        }

        @Override
        public void onTokens(GenerationEvent.TokenChunk tokens) {
            if (firstNanos == 0) {
                firstNanos = nowNanos;
            }
        }

        @Override
        public void onFinished(GenerationEvent.Finished finished) {
            endNanos = nowNanos;
        }

        @Override
        public void onFailed(GenerationException error) {
            throw error;
        }
    }
}
