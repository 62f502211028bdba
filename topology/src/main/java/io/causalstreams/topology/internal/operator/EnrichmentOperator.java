package io.causalstreams.topology.internal.operator;

import io.causalstreams.topology.internal.answer.Calling;
import io.causalstreams.topology.internal.answer.Inquiry;
import io.causalstreams.topology.internal.answer.PerKey;
import io.causalstreams.topology.internal.journal.Journal;
import io.causalstreams.topology.internal.request.Operator;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What an operator that asks the model about records is made of.
 *
 * @param name names its journal and its requests
 * @param operator shared by its tasks
 * @param inquiry what to ask about a value, and what becomes of the answer
 * @param keySerde how keys are journaled; null = the topology's default
 * @param valueSerde the same for values
 * @param options which records are asked about, how long, and whether the same content is asked once
 * @param perKey what the records of one key are to one another
 * @param calling how answers call tools; null = calls are part of the answer
 */
public record EnrichmentOperator<K, V, R>(
        String name,
        Operator operator,
        Inquiry<V, R> inquiry,
        @Nullable Serde<K> keySerde,
        @Nullable Serde<V> valueSerde,
        PerKey perKey,
        EnrichmentOptions options,
        @Nullable Calling<R> calling)
        implements FixedKeyProcessorSupplier<K, V, R> {

    /** The journal's store. */
    public String storeName() {
        return name + "-journal";
    }

    @Override
    public FixedKeyProcessor<K, V, R> get() {
        return new EnrichmentProcessor<>(this);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return Set.of(Journal.storeBuilder(storeName(), operator.settings().recordMaxBytes()));
    }
}
