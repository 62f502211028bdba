package io.causalstreams.topology;

import io.causalstreams.topology.event.CompletionEvent;
import java.util.List;

/**
 * A record with its documents, the most relevant first.
 *
 * @param value the record's value
 * @param ranking empty when the request failed
 * @param completion the scores, or the error
 */
public record Reranked<V>(V value, List<Document> ranking, CompletionEvent completion) {
    public Reranked {
        ranking = List.copyOf(ranking);
    }

    /**
     * A document and how well it answers.
     *
     * @param index among the record's documents, from 0
     * @param score larger is better; see {@link CompletionEvent.Ranked}
     */
    public record Document(int index, String text, double score) {}

    static <V> Reranked<V> of(V value, List<String> documents, CompletionEvent completion) {
        List<CompletionEvent.Ranked> ranking = completion.ranking();
        if (ranking == null || completion.error() != null) {
            return new Reranked<>(value, List.of(), completion);
        }
        return new Reranked<>(
                value,
                ranking.stream()
                        .map(each -> new Document(each.index(), documents.get(each.index()), each.relevanceScore()))
                        .toList(),
                completion);
    }
}
