package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.ModelInfo;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a measurement found, for programs and for people.
 *
 * <p>Threading: one thread.
 */
final class Result {
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final ModelInfo model;
    private String text = "";

    /** @param benchmark what was measured: {@code engine}, {@code kafka}, … */
    Result(String benchmark, ModelInfo model) {
        this.model = model;
        facts.put("benchmark", benchmark);
        facts.put("machine", Machine.describe());
        facts.put("model", model.name());
        facts.put("precision", model.precision());
        facts.put("fingerprint", model.fingerprint());
    }

    /** Adds a fact: text, a number, a truth value. */
    Result with(String name, Object value) {
        facts.put(name, value);
        return this;
    }

    /** Adds a spread; leaves out what could not be measured. */
    Result with(String name, Spread spread) {
        if (!Double.isNaN(spread.median())) {
            facts.put(name, spread);
        }
        return this;
    }

    Result with(Workload workload) {
        return with("prompt_tokens", workload.promptTokens()).with("max_tokens", workload.completionTokens());
    }

    /** Adds the line for people. */
    Result says(String format, Object... arguments) {
        text = String.format(Locale.ROOT, format, arguments);
        return this;
    }

    ModelInfo model() {
        return model;
    }

    Map<String, Object> facts() {
        return facts;
    }

    String text() {
        return text;
    }
}
