package io.causalstreams.topology.internal.answer;

/**
 * How far an agent goes.
 *
 * @param maxRounds after so many rounds of calls it has to answer
 * @param resultMs how long the calls of a round wait for their results
 */
public record ToolBounds(int maxRounds, long resultMs) {}
