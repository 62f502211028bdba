package io.causalstreams.topology.internal.request;

/**
 * What the records of a key may cost in an hour of the clock.
 *
 * @param perHour the cost; it is checked before a request runs, so what runs already may exceed it
 * @param promptToken cost of a token of the prompt
 * @param completionToken cost of a token of the answer
 */
public record Budget(long perHour, double promptToken, double completionToken) {

    long cost(int promptTokens, int completionTokens) {
        return Math.round(promptTokens * promptToken + completionTokens * completionToken);
    }
}
