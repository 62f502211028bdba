package io.causalstreams.inference;

/**
 * Facts of a loaded model.
 *
 * @param name for events and metrics, for example {@code smollm2-135m-instruct}
 * @param fingerprint digest of graph and weights: the same fingerprint gives the same logits
 * @param vocabularySize number of logits
 * @param maxContextTokens prompt plus completion tokens one request may hold
 * @param precision {@code fp32}, {@code int8}, {@code int4} or what the exporter wrote
 * @param chatTemplate whether chat prompts can be rendered
 */
public record ModelInfo(
        String name,
        String fingerprint,
        int vocabularySize,
        int maxContextTokens,
        String precision,
        boolean chatTemplate) {

    /** The same model under another name. */
    public ModelInfo withName(String otherName) {
        return new ModelInfo(otherName, fingerprint, vocabularySize, maxContextTokens, precision, chatTemplate);
    }
}
