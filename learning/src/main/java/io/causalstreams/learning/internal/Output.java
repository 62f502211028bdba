package io.causalstreams.learning.internal;

/**
 * What the loop publishes.
 *
 * @param isAdapter whether it is an adapter, or else the report of a round
 * @param value the record's value
 */
public record Output(boolean isAdapter, org.apache.kafka.common.utils.Bytes value) {}
