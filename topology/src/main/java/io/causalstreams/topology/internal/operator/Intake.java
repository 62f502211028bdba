package io.causalstreams.topology.internal.operator;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.answer.RecordLimit;
import io.causalstreams.topology.internal.input.TaskInput;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.TaskStore;
import io.causalstreams.topology.internal.request.Operator;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.request.RequestLoop;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The way into a task, the same for every operator: what {@code init} builds, and what is checked of a record before the
 * task takes it.
 *
 * <p>A request that is taken was parsed once and prepared by the engine once; it runs with what was made of it here, unless
 * it has to wait for long.
 *
 * <p>Threading: stream thread only.
 */
final class Intake<K, V> {

    private final Operator operator;
    private final Job.Opener<K, V> jobs;
    private final RequestLoop<K, V> loop;
    private final RecordSources sources;

    /**
     * One incarnation of a task: takes up what its former owner has left, and takes a turn each punctuation.
     *
     * @param storeName the journal's store
     * @param forward publishes a record
     */
    Intake(
            Operator operator,
            String storeName,
            Job.Opener<K, V> jobs,
            TaskInput input,
            ProcessingContext context,
            Consumer<Record<K, V>> forward) {
        OperatorSettings settings = operator.settings();
        TaskStore store = TaskStore.over(context.getStateStore(storeName), settings.remember(), settings.sessions());
        this.operator = operator;
        this.jobs = jobs;
        this.loop = new RequestLoop<>(operator, jobs, store, input, context, forward);
        this.sources = new RecordSources(context);
        restore();
        context.schedule(Duration.ofMillis(settings.punctuateMs()), PunctuationType.WALL_CLOCK_TIME, loop::turn);
    }

    /** Nobody can close what has no owner yet: requests restored before one that cannot be read must not stay. */
    private void restore() {
        try {
            loop.restore();
        } catch (Throwable e) {
            loop.close();
            throw e;
        }
    }

    /** The task's requests. */
    RequestLoop<K, V> loop() {
        return loop;
    }

    /** Where the record comes from that is processed now; once a record. */
    RecordSource source(Record<?, ?> record) {
        return sources.next(record, loop.nextSequence());
    }

    /**
     * Takes a new request, or ends it at once.
     *
     * @param opened reads it; not called for a duplicate or one that is too large
     * @return what was read; null = nothing
     */
    @Nullable
    Job<K, V> take(Arrival arrival, Supplier<Job<K, V>> opened) {
        if (loop.isInFlight(arrival.id())) {
            operator.telemetry().duplicate();
            return null;
        }
        long bytes = RecordLimit.sizeOf(arrival.keyBytes(), arrival.valueBytes(), arrival.headers());
        if (bytes > operator.settings().promptMaxBytes()) {
            // it fits its topic but perhaps not the changelog, and would then stop the task for ever
            Invalid tooLarge = tooLarge(bytes);
            Job.Broken<K, V> broken = jobs.broken(arrival, tooLarge);
            loop.refuse(broken, Ending.failed(arrival.id(), broken.cause()));
            return null;
        }
        Job<K, V> job = opened.get();
        if (job instanceof Job.Ask<K, V> ask) {
            take(ask);
        } else if (job instanceof Job.Broken<K, V> broken) {
            fail(broken, broken.cause());
        } else {
            admit(job);
        }
        return job;
    }

    private void take(Job.Ask<K, V> ask) {
        Job.Ask<K, V> prepared = ask;
        try {
            prepared = loop.prepared(ask);
        } catch (GenerationException.Busy | GenerationException.Aborted | GenerationException.Dead e) {
            // no verdict on the request: it waits in the journal, here or with the next owner
        } catch (RuntimeException e) {
            fail(ask, e);
            return;
        }
        admit(prepared);
    }

    private void admit(Job<K, V> job) {
        if (!operator.settings().rejectOverflow() || !loop.isFull()) {
            loop.accept(job);
        } else if (job instanceof Job.Answerable<K, V> answerable) {
            loop.refuse(answerable, Ending.rejected(job.arrival().id(), loop.entries()));
        } else {
            loop.publish(List.of(((Job.PassOn<K, V>) job).record()));
        }
    }

    /** A record that keeps the order of its key fails in its turn; a turn of a conversation need not wait for others to. */
    private void fail(Job.Answerable<K, V> job, RuntimeException cause) {
        boolean waits = job.lane() != null && job.session() == null && loop.isBusy(job.lane());
        if (waits) {
            loop.accept(job);
        } else {
            loop.refuse(job, Ending.failed(job.arrival().id(), cause));
        }
    }

    private Invalid tooLarge(long bytes) {
        return new Invalid(
                null,
                "the record has " + bytes + " bytes with its key and headers, at most "
                        + operator.settings().promptMaxBytes()
                        + " are taken; shorten it or raise causal.streams.prompt.max.bytes");
    }

    /** Only leaves the engine: a task that is closing must neither forward nor write. */
    void close() {
        loop.close();
    }
}
