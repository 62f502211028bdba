package io.causalstreams.topology.internal.operator;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.request.OperatorSettings;
import io.causalstreams.topology.internal.telemetry.Operations;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Supplies the prompt operator with its journal.
 *
 * @param storeName the journal's store
 * @param engine shared by all tasks of the JVM
 * @param tokens whether token events are told
 * @param maxMessageBytes limit of a changelog record
 * @param operations told what happens
 */
public record GenerationProcessorSupplier(
        String storeName,
        GenerationEngine engine,
        OperatorSettings settings,
        boolean tokens,
        int maxMessageBytes,
        Operations operations)
        implements ProcessorSupplier<byte[], byte[], byte[], OutputEvent> {

    @Override
    public Processor<byte[], byte[], byte[], OutputEvent> get() {
        return new GenerationProcessor(storeName, engine, settings, tokens, operations);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return Set.of(Journal.storeBuilder(storeName, maxMessageBytes));
    }
}
