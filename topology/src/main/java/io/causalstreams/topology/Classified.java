package io.causalstreams.topology;

import io.causalstreams.topology.event.CompletionEvent;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record with the label the model gives it, for {@code split().branch((key, it) -> it.is("urgent"), …)}.
 *
 * @param value the record's value
 * @param label the most likely label, or null when the request failed
 * @param probability of the label, 0..1
 * @param completion scores of all labels, or the error
 */
public record Classified<V>(V value, @Nullable String label, double probability, CompletionEvent completion) {

    static <V> Classified<V> of(V value, CompletionEvent completion) {
        List<CompletionEvent.Label> labels = completion.classification();
        if (labels == null || labels.isEmpty() || completion.error() != null) {
            return new Classified<>(value, null, 0, completion);
        }
        CompletionEvent.Label best = labels.stream()
                .max(Comparator.comparingDouble(CompletionEvent.Label::probability))
                .orElseThrow();
        return new Classified<>(value, best.label(), best.probability(), completion);
    }

    /** The label, or {@code otherwise} when the request failed. */
    public String labelOr(String otherwise) {
        return label != null ? label : otherwise;
    }

    /** Whether this is the most likely label. */
    public boolean is(String other) {
        return other.equals(label);
    }
}
