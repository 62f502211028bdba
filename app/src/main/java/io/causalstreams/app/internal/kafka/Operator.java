package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.operations.Health;
import io.causalstreams.app.internal.operations.RunningOperator;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.AdaptersTopic;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.ChangelogPartitionsException;
import io.causalstreams.topology.EngineDiedException;
import io.causalstreams.topology.RecordRefusedException;
import io.causalstreams.topology.ReplaceThreadHandler;
import io.causalstreams.topology.RequestStatus;
import io.causalstreams.topology.ValueFormat;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/**
 * The running topology. The engine is the caller's.
 *
 * <p>Threading: any thread.
 */
public final class Operator implements RunningOperator, AutoCloseable {
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(6);

    private final GenerationEngine engine;
    private final CausalStreams causalStreams;
    private final KafkaStreams streams;
    private final ReplaceThreadHandler deaths = new ReplaceThreadHandler();
    private final Refusal refusal;
    private final KafkaStreamsMetrics kafkaMeters;
    private final Lifecycle lifecycle = new Lifecycle();

    private Operator(
            GenerationEngine engine, CausalStreams causalStreams, CausalStreamsConfig config, ValueFormat format) {
        this.engine = engine;
        this.causalStreams = causalStreams;
        this.streams = causalStreams.kafkaStreams(format);
        this.refusal = new Refusal(config);
        this.kafkaMeters = new KafkaStreamsMetrics(streams);
    }

    /**
     * Starts the topology; the broker must answer and the topics exist.
     *
     * @throws AppException if a setting is wrong
     */
    public static Operator start(GenerationEngine engine, CausalStreamsConfig config) {
        return start(engine, config, null, OpenTelemetry.noop(), null);
    }

    /** With spans and meters, of JSON. */
    public static Operator start(
            GenerationEngine engine,
            CausalStreamsConfig config,
            @Nullable MeterRegistry meters,
            OpenTelemetry telemetry,
            @Nullable AdaptersTopic adapters) {
        return start(engine, config, meters, telemetry, adapters, ValueFormat.json());
    }

    /**
     * With spans and meters, of prompts and completions in some format.
     *
     * @param meters of the operator and of its Kafka clients; null = none
     * @param adapters that come by a topic; null = none do
     */
    public static Operator start(
            GenerationEngine engine,
            CausalStreamsConfig config,
            @Nullable MeterRegistry meters,
            OpenTelemetry telemetry,
            @Nullable AdaptersTopic adapters,
            ValueFormat format) {
        try {
            MeterRegistry registry = meters == null ? new CompositeMeterRegistry() : meters;
            CausalStreams causal = adapters == null
                    ? new CausalStreams(engine, config.originals(), registry, telemetry)
                    : new CausalStreams(engine, config.originals(), registry, telemetry, adapters);
            Operator operator = new Operator(engine, causal, config, format);
            if (meters != null) {
                operator.kafkaMeters.bindTo(meters);
            }
            operator.streams.setUncaughtExceptionHandler(operator.deaths);
            operator.streams.setStateListener(operator.lifecycle);
            operator.streams.start();
            return operator;
        } catch (ConfigException | StreamsException e) {
            throw new AppException("the topology cannot start: " + ErrorLine.of(e), e);
        }
    }

    /** Whether partitions were assigned and restored within {@code patience}, and it has not ended. */
    public boolean awaitRunning(Duration patience) throws InterruptedException {
        return lifecycle.awaitRunning(patience);
    }

    /** Waits until it has run once, or has ended. */
    public void awaitRunning() throws InterruptedException {
        lifecycle.awaitRunning();
    }

    /** Whether prompts are answered here, or will be after a rebalance: it has run, and has not ended. */
    public boolean answers() {
        return lifecycle.hasRun() && !lifecycle.hasEnded();
    }

    /** Whether it runs no more. */
    public boolean hasEnded() {
        return lifecycle.hasEnded();
    }

    @Override
    public Health health() {
        return new Health(streams.state().name(), engine.isAlive());
    }

    @Override
    public Optional<RequestStatus> status(String id) {
        return causalStreams.status(id);
    }

    /**
     * Blocks until the topology ends.
     *
     * @throws AppException if it failed
     */
    public void awaitEnd() throws InterruptedException {
        lifecycle.awaitEnd();
        if (lifecycle.hasFailed()) {
            throw deaths.fatal()
                    .map(cause -> new AppException(reason(cause), cause))
                    .orElseGet(() -> new AppException("the topology failed; --verbose shows what Kafka Streams says"));
        }
    }

    private String reason(Throwable cause) {
        if (cause instanceof EngineDiedException
                || cause instanceof RecordRefusedException
                || cause instanceof ChangelogPartitionsException) {
            return ErrorLine.of(cause);
        }
        return cause instanceof AuthorizationException || cause instanceof AuthenticationException
                ? refusal.line(cause)
                : "stream threads keep dying, the last one of: " + ErrorLine.of(cause)
                        + "; --verbose shows more. What was published is committed; a start goes on from there";
    }

    /**
     * Commits what was published and leaves the group, so that others take over at once and not after the session's timeout;
     * what is in flight goes on there, or after the next start.
     */
    @Override
    public void close() {
        streams.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_PATIENCE));
        kafkaMeters.close();
    }
}
