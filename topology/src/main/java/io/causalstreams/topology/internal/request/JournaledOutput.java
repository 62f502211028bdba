package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.answer.Ending;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.journal.RememberedCompletions;
import io.causalstreams.topology.internal.telemetry.Operations;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What a task tells, and what its journal keeps of it: the same, in one transaction.
 *
 * <p>A write to the journal and the records that tell the same are made back to back; everything that could throw for
 * another reason than Kafka, such as building events, comes before both.
 *
 * <p>Threading: stream thread only.
 */
final class JournaledOutput<K, V> {

    private final ProcessingContext context;
    private final LongUnaryOperator wallMs;
    private final Consumer<Record<K, V>> forward;
    private final Journal journal;
    private final RememberedCompletions remembered;
    private final Operations operations;

    private final CommitPace commits;

    /** @param wallMs what the clock says at a time of the context */
    JournaledOutput(
            ProcessingContext context,
            LongUnaryOperator wallMs,
            Consumer<Record<K, V>> forward,
            Journal journal,
            RememberedCompletions remembered,
            Operations operations,
            long commitDelayMs) {
        this.context = context;
        this.wallMs = wallMs;
        this.forward = forward;
        this.journal = journal;
        this.remembered = remembered;
        this.operations = operations;
        this.commits = new CommitPace(commitDelayMs);
    }

    /** Keeps a new request. Asks for no commit, nobody waits for it: that of the first token takes it along. */
    void accept(Arrival arrival) {
        journal.add(arrival);
    }

    /** Tells records that belong to no journaled request. */
    void tell(List<Record<K, V>> records) {
        records.forEach(forward);
        commits.due();
    }

    /** Tells tokens of a request. */
    void publish(Run<K, V> run, List<TokenChunk> due, long nowMs) {
        List<Record<K, V>> records = records(run, due, nowMs);
        run.log().append(due);
        records.forEach(forward);
        if (due.stream().anyMatch(chunk -> chunk.tokenIndex() == 0)) {
            commits.due();
        } else {
            commits.canWait(nowMs);
        }
    }

    /**
     * The last tokens, the completion, and the journal's forgetting.
     *
     * @param promptTokens of a request the engine did not finish
     * @return what was published of each choice
     */
    List<Partial> end(Run<K, V> run, Ending ending, int promptTokens, long nowMs) {
        List<TokenChunk> due = run.progress().due(0, 0, nowMs, true);
        List<Record<K, V>> records = new ArrayList<>(records(run, due, nowMs));
        List<Partial> published = run.progress().published();
        Job.End<K, V> end = run.job().end(ending, published, promptTokens, wallMs.applyAsLong(nowMs));
        records.addAll(end.records());
        Bytes answer = end.remembered();
        records.forEach(forward);
        journal.remove(run.arrival(), run.log());
        if (answer != null) {
            remembered.put(run.arrival().id(), answer.get(), nowMs);
        }
        commits.due();
        return published;
    }

    /** Asks for a commit when what was told since the last one must not wait longer. */
    void commit(long nowMs) {
        if (commits.take(nowMs)) {
            context.commit();
        }
    }

    private List<Record<K, V>> records(Run<K, V> run, List<TokenChunk> due, long nowMs) {
        long time = wallMs.applyAsLong(nowMs);
        List<Record<K, V>> records = new ArrayList<>();
        for (TokenChunk chunk : due) {
            ChoiceProgress choice = run.progress().choice(chunk.choice());
            records.addAll(run.job().tokens(chunk, choice.characters(), time));
            choice.publish(chunk);
            operations.published(run.channel().request(), chunk.tokenIds().size(), nowMs);
        }
        return records;
    }
}
