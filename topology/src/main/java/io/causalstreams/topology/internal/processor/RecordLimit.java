package io.causalstreams.topology.internal.processor;

import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.EventJson;
import java.util.List;

/**
 * Keeps completions within the size of a record. A record the broker refuses would stop the task for ever.
 *
 * @param maxBytes of a value; keys and headers need room beside it
 */
record RecordLimit(int maxBytes) {

    /** Room for key and headers, which are the caller's. */
    private static final int BESIDE_THE_VALUE = 32 << 10;

    static RecordLimit ofRecords(int recordMaxBytes) {
        return new RecordLimit(recordMaxBytes - BESIDE_THE_VALUE);
    }

    /** The completion, without its log-probabilities when it would be too large with them. */
    byte[] write(CompletionEvent completion) {
        byte[] whole = EventJson.write(completion);
        return whole.length <= maxBytes ? whole : EventJson.write(reduced(completion, whole.length));
    }

    private CompletionEvent reduced(CompletionEvent completion, int bytes) {
        boolean ofPrompt = completion.choices().stream().anyMatch(choice -> choice.promptLogprobs() != null);
        String field = ofPrompt ? "prompt_logprobs" : "logprobs";
        CompletionEvent.Failure failure = new CompletionEvent.Failure(
                ErrorCode.INVALID_REQUEST,
                "request " + completion.id() + ": its completion has " + bytes + " bytes, a record takes " + maxBytes
                        + "; log-probabilities are left out: ask for fewer alternatives or raise"
                        + " causal.streams.record.max.bytes",
                field);
        List<CompletionEvent.Choice> choices = completion.choices().stream()
                .map(choice -> new CompletionEvent.Choice(
                        choice.index(),
                        choice.message(),
                        choice.text(),
                        choice.finishReason(),
                        null,
                        null,
                        null,
                        choice.stopReason()))
                .toList();
        return new CompletionEvent(
                completion.id(),
                completion.object(),
                completion.created(),
                completion.model(),
                choices,
                completion.usage(),
                completion.systemFingerprint(),
                null,
                completion.classification(),
                failure);
    }
}
