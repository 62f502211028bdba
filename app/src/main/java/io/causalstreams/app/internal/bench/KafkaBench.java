package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Operator;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreamsConfig;
import java.time.Duration;

/**
 * The speed from the prompts topic to committed completions, exactly once, beside the speed of the same engine alone
 * under the same load, round by round in turn.
 */
public final class KafkaBench implements AutoCloseable {
    private static final Duration ASSIGNMENT_PATIENCE = Duration.ofMinutes(2);
    /** Requests a round runs for each one in flight. */
    private static final int WAVES = 4;

    private final Workload workload;
    private final int rounds;
    private final Operator operator;
    private final KafkaTarget kafka;
    private final EngineTarget engine;
    private long nextPrompt = 1L << 32; // none of those that the engine's own measurement runs

    private KafkaBench(Workload workload, int rounds, Operator operator, KafkaTarget kafka, EngineTarget engine) {
        this.workload = workload;
        this.rounds = rounds;
        this.operator = operator;
        this.kafka = kafka;
        this.engine = engine;
    }

    /**
     * Starts the topology on {@code broker}.
     *
     * @param config of the operator; its topics are created
     * @throws AppException if it does not get its partitions
     */
    public static KafkaBench start(
            GenerationEngine engine,
            KafkaConnection connection,
            CausalStreamsConfig config,
            int partitions,
            Workload workload,
            int rounds)
            throws InterruptedException {
        Topics.createMissing(connection, config, partitions);
        Operator operator = Operator.start(engine, config);
        if (!operator.awaitRunning(ASSIGNMENT_PATIENCE)) {
            operator.close();
            throw new AppException("the topology did not start; --verbose shows what Kafka Streams says");
        }
        KafkaTarget kafka = new KafkaTarget(connection, config, workload);
        return new KafkaBench(workload, rounds, operator, kafka, new EngineTarget(engine, workload));
    }

    /**
     * Completion tokens per second.
     *
     * @param ratio through Kafka over the engine alone, of the two runs of a round
     */
    public record Figures(Spread throughKafka, Spread engineAlone, Spread ratio) {}

    /** Measures {@code inFlight} requests in flight. */
    public Figures run(int inFlight) throws InterruptedException {
        measure(kafka, inFlight, 1);
        double[] throughKafka = new double[rounds];
        double[] alone = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            alone[round] = measure(engine, inFlight, WAVES);
            throughKafka[round] = measure(kafka, inFlight, WAVES);
            ratios[round] = throughKafka[round] / alone[round];
        }
        return new Figures(Spread.of(throughKafka), Spread.of(alone), Spread.of(ratios));
    }

    private double measure(InFlight.Target target, int inFlight, int waves) throws InterruptedException {
        int requests = inFlight * waves;
        double seconds = new InFlight(target).run(inFlight, requests, nextPrompt);
        nextPrompt += requests;
        return (double) requests * workload.completionTokens() / seconds;
    }

    @Override
    public void close() {
        kafka.close();
        operator.close();
    }
}
