package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.answer.Answers;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.TaskStore;
import io.causalstreams.topology.internal.journal.Transcript;
import io.causalstreams.topology.internal.telemetry.OperatorTelemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What a task publishes, and what its journal keeps of it: the same, in one transaction.
 *
 * <p>A write to the journal and the records that publish the same are made back to back; everything that could throw for
 * another reason than Kafka, such as building events, comes before both.
 *
 * <p>Threading: stream thread only.
 */
final class JournaledOutput<K, V> {

    private final TaskClock clock;
    private final Consumer<Record<K, V>> forward;
    private final TaskStore store;
    private final OperatorTelemetry telemetry;
    private final CommitPace commits;

    JournaledOutput(
            TaskClock clock,
            Consumer<Record<K, V>> forward,
            TaskStore store,
            OperatorTelemetry telemetry,
            CommitPace commits) {
        this.clock = clock;
        this.forward = forward;
        this.store = store;
        this.telemetry = telemetry;
        this.commits = commits;
    }

    /** Keeps a new request. Asks for no commit, nobody waits for it: that of the first token takes it along. */
    void accept(Arrival arrival) {
        store.journal().add(arrival);
    }

    /** Publishes records that belong to no journaled request. */
    void publish(List<Record<K, V>> records) {
        records.forEach(forward);
        commits.due();
    }

    /** Publishes the tokens of a request that are due. */
    void publish(Request<K, V> request, Job.Ask<K, V> ask, Progress progress, List<TokenChunk> due, long nowMs) {
        List<Record<K, V>> records = records(request, ask, progress, due, nowMs);
        progress.log().append(due);
        records.forEach(forward);
        if (due.stream().anyMatch(chunk -> chunk.tokenIndex() == 0)) {
            commits.due();
        } else {
            commits.canWait(nowMs);
        }
    }

    /**
     * Publishes the last tokens of a round and its calls, which the journal keeps instead of the tokens.
     *
     * @param calls the records of the calls
     */
    void call(
            Request<K, V> request,
            Job.Ask<K, V> ask,
            Progress progress,
            List<Record<K, V>> calls,
            Transcript transcript,
            long nowMs) {
        List<Record<K, V>> records = records(request, ask, progress, progress.pending(), nowMs);
        records.addAll(calls);
        records.forEach(forward);
        store.journal().call(request.sequence, progress.log(), transcript);
        commits.due();
    }

    /** The journal keeps an answer that was refused instead of its tokens. Asks for no commit, like {@link #accept}. */
    void refused(Request<K, V> request, Progress progress, Transcript transcript) {
        store.journal().call(request.sequence, progress.log(), transcript);
    }

    /** Keeps results. Asks for no commit, like {@link #accept}. */
    void answered(Request<K, V> request, Transcript transcript) {
        store.journal().keep(request.sequence, transcript);
    }

    /**
     * Publishes the last tokens and the completion, and the journal forgets the request.
     *
     * @param promptTokens of a request the engine did not finish
     * @return what was published of each choice
     */
    List<Partial> end(
            Request<K, V> request,
            Job.Answerable<K, V> job,
            Progress progress,
            Ending ending,
            int promptTokens,
            long nowMs) {
        List<Record<K, V>> records = records(request, job, progress, progress.pending(), nowMs);
        List<Partial> published = progress.published();
        Answers.End<K, V> end = job.answers().end(ending, published, promptTokens, clock.wallAt(nowMs));
        records.addAll(end.records());
        Bytes remembered = end.remembered();
        forget(request, progress, records);
        if (remembered != null) {
            String content = job instanceof Job.Ask<K, V> ask ? ask.content() : null;
            store.remembered().put(content != null ? content : request.id, remembered.get(), nowMs);
        }
        return published;
    }

    /** Publishes a record that only waited for its turn, and the journal forgets it. */
    void passOn(Request<K, V> request, Progress progress, Record<K, V> record) {
        forget(request, progress, List.of(record));
    }

    private void forget(Request<K, V> request, Progress progress, List<Record<K, V>> records) {
        records.forEach(forward);
        store.journal().remove(request.sequence, progress.log());
        commits.due();
    }

    private List<Record<K, V>> records(
            Request<K, V> request, Job.Answerable<K, V> job, Progress progress, List<TokenChunk> due, long nowMs) {
        long wallMs = clock.wallAt(nowMs);
        List<Record<K, V>> records = new ArrayList<>();
        for (TokenChunk chunk : due) {
            ChoiceProgress choice = progress.choice(chunk.choice());
            records.addAll(job.answers().tokens(chunk, choice.characters(), wallMs));
            choice.publish(chunk);
            telemetry.published(job.request(), chunk.tokenIds().size());
            if (request.published(nowMs)) {
                telemetry.firstToken(job.request(), nowMs - request.arrivedMs);
            }
        }
        return records;
    }
}
