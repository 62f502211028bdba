package io.causalstreams.topology.internal.operator;

import java.util.Set;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * An operator that asks about records and follows the calls of tools in the answers: it reads their results, too.
 *
 * @param questions asks about the records
 */
public record AgentOperator<K, V, R>(EnrichmentOperator<K, V, AgentOutput<R>> questions)
        implements FixedKeyProcessorSupplier<K, AgentInput<V>, AgentOutput<R>> {

    @Override
    public FixedKeyProcessor<K, AgentInput<V>, AgentOutput<R>> get() {
        return new AgentProcessor<>(new EnrichmentProcessor<>(questions));
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return questions.stores();
    }

    /** Threading: stream thread. */
    private record AgentProcessor<K, V, R>(EnrichmentProcessor<K, V, AgentOutput<R>> questions)
            implements FixedKeyProcessor<K, AgentInput<V>, AgentOutput<R>> {

        @Override
        public void init(FixedKeyProcessorContext<K, AgentOutput<R>> context) {
            questions.init(context);
        }

        @Override
        @SuppressWarnings("NullAway") // a record without a value stays one, whatever its value's type
        public void process(FixedKeyRecord<K, AgentInput<V>> record) {
            if (record.value() instanceof AgentInput.Result<V> result) {
                questions.answer(result.result());
            } else {
                questions.process(record.withValue(((AgentInput.Question<V>) record.value()).value()));
            }
        }

        @Override
        public void close() {
            questions.close();
        }
    }
}
