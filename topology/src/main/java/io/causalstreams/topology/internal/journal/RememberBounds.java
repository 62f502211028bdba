package io.causalstreams.topology.internal.journal;

/**
 * How many completions a task remembers.
 *
 * @param maxAgeMs how long one is remembered; 0 = none is
 * @param maxEntries how many; 0 = none
 * @param maxBytes how much of them
 */
public record RememberBounds(long maxAgeMs, int maxEntries, long maxBytes) {}
