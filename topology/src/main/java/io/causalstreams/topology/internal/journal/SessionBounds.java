package io.causalstreams.topology.internal.journal;

/**
 * How much of conversations a task keeps.
 *
 * @param maxMessages of one conversation; 0 = none is kept
 * @param maxBytes text of one conversation, UTF-8
 * @param maxSessions conversations; the one that rested longest goes first
 * @param idleMs a conversation that rests longer is forgotten
 */
public record SessionBounds(int maxMessages, int maxBytes, int maxSessions, long idleMs) {}
