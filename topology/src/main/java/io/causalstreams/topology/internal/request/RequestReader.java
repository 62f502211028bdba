package io.causalstreams.topology.internal.request;

import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.journal.Transcript;

/**
 * What the journal holds of a request, read when it is needed.
 *
 * <p>Threading: stream thread only.
 */
record RequestReader<K, V>(Job.Opener<K, V> jobs, Journal journal) {

    /** What a waiting request asks: what is kept of it, else read from the journal. */
    Job<K, V> job(Request<K, V> request) {
        Job<K, V> kept = request.job();
        return kept != null ? kept : open(journal.arrival(request.sequence));
    }

    /** What a journaled arrival asks, with what it has called before. */
    Job<K, V> open(Arrival arrival) {
        Job<K, V> job = jobs.open(arrival);
        Transcript transcript = journal.transcript(arrival.sequence());
        return transcript != null && job instanceof Job.Ask<K, V> ask ? ask.continued(transcript) : job;
    }

    /** What was published of a request, in this process or before. */
    Progress progress(Job<K, V> job) {
        int choices = job instanceof Job.Answerable<K, V> answerable
                ? answerable.request().sampling().n()
                : 1;
        return new Progress(choices, journal.tokens(job.arrival().sequence()));
    }
}
