package io.causalstreams.inference;

/**
 * Token counts of a request.
 *
 * @param promptTokens tokens of the prompt, once, whatever n is
 * @param completionTokens generated tokens of all choices, end-of-sequence and resumed ones included
 * @param cachedTokens prompt tokens whose cache was reused instead of computed
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens) {}
