package io.causalstreams.topology.internal.operator;

import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.request.Operator;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Supplies the prompt operator with its journal.
 *
 * @param operator shared by all tasks of the JVM
 * @param format of the prompts
 * @param storeName the journal's store
 * @param tokens whether token events are published
 * @param shadows whether candidates answer in shadow
 */
public record GenerationProcessorSupplier(
        Operator operator, ValueFormat format, String storeName, boolean tokens, boolean shadows)
        implements ProcessorSupplier<byte[], byte[], byte[], OutputEvent> {

    @Override
    public Processor<byte[], byte[], byte[], OutputEvent> get() {
        return new GenerationProcessor(operator, format, storeName, tokens, shadows);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return Set.of(Journal.storeBuilder(storeName, operator.settings().recordMaxBytes()));
    }
}
