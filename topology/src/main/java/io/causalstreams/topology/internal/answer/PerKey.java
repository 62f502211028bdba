package io.causalstreams.topology.internal.answer;

/** What the records of one key are to one another. Records without a key are always {@link #INDEPENDENT}. */
public enum PerKey {
    /** Each is answered when it is finished. */
    INDEPENDENT,

    /** They are answered one after the other, in order of arrival. */
    ORDERED,

    /** The turns of a conversation: ordered, and each is asked behind those before it. */
    CONVERSATION
}
