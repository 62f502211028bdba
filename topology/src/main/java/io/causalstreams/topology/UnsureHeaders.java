package io.causalstreams.topology;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.jspecify.annotations.Nullable;

/** The record of an unsure answer as it came, with the answer in its headers. Threading: stream thread. */
final class UnsureHeaders<K, V, R> implements FixedKeyProcessor<K, SureInquiry.Answer<V, R>, V> {

    static final String PROBABILITY = "causal-streams-probability";
    static final String ANSWER = "causal-streams-answer";

    private @Nullable FixedKeyProcessorContext<K, V> context;

    @Override
    public void init(FixedKeyProcessorContext<K, V> taskContext) {
        context = taskContext;
    }

    @Override
    public void process(FixedKeyRecord<K, SureInquiry.Answer<V, R>> record) {
        SureInquiry.Unsure<V, R> unsure = (SureInquiry.Unsure<V, R>) record.value();
        Headers headers = new RecordHeaders(record.headers());
        put(headers, PROBABILITY, String.format(Locale.ROOT, "%.4f", unsure.probability()));
        put(headers, ANSWER, unsure.answer());
        Objects.requireNonNull(context, "init comes first")
                .forward(record.withValue(unsure.value()).withHeaders(headers));
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
