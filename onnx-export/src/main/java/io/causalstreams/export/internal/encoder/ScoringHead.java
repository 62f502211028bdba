package io.causalstreams.export.internal.encoder;

import io.causalstreams.export.internal.weight.Projection;

/**
 * What makes one score of a pair of texts, from the vector of the first token: {@code output(tanh(inner(x)))}.
 *
 * @param inner (hidden, hidden)
 * @param output (1, hidden)
 */
public record ScoringHead(Projection inner, Projection output) {}
