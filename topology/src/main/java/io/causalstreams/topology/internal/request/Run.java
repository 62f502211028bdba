package io.causalstreams.topology.internal.request;

import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.TokenLog;

/** A request in the engine: what it is, what was published of it, and where its news come from. */
record Run<K, V>(Arrival arrival, Job<K, V> job, TokenLog log, Progress progress, RequestChannel channel) {}
