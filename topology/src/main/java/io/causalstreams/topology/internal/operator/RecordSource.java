package io.causalstreams.topology.internal.operator;

/**
 * Where a record comes from.
 *
 * @param topic empty when there is none
 * @param offset -1 when there is none
 * @param name unique among the requests of a task
 */
record RecordSource(String topic, int partition, long offset, String name) {}
