package io.causalstreams.inference.internal.model;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The most likely tokens of each row, of a model whose logits stay on its device until somebody reads them.
 *
 * <p>A view over memory of the model, valid until its next call.
 *
 * @param count of each row, at least 1
 * @param logits shape (rows, count), in any order: none of the row's other tokens has a larger one than the least of these
 * @param ids shape (rows, count), of the same tokens
 * @param logSumExp shape (rows): the logarithm of the sum of e^logit over the whole row; null = the model does not say
 * @param fetch brings all logits of a row to where {@link Logits} has them; any thread, and again where it was done already
 */
public record BestTokens(
        int count,
        FloatBuffer logits,
        LongBuffer ids,
        @Nullable FloatBuffer logSumExp,
        IntConsumer fetch) {}
