package io.causalstreams.topology.upgrade;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.ProcessorWrapper;
import org.apache.kafka.streams.processor.api.WrappedFixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.WrappedProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Fills stores before their processors are initialised, as Kafka Streams does from a changelog; {@code TopologyTestDriver}
 * has no changelog to restore from.
 */
public final class RestoredStores implements ProcessorWrapper {

    /** Setting: content by store, {@code Map<String, Map<Bytes, byte[]>>}. */
    static final String CONTENT = "test.restored.stores";

    private Map<String, Map<Bytes, byte[]>> content = Map.of();

    @Override
    @SuppressWarnings("unchecked")
    public void configure(Map<String, ?> settings) {
        if (settings.get(CONTENT) != null) {
            content = (Map<String, Map<Bytes, byte[]>>) settings.get(CONTENT);
        }
    }

    @Override
    public <K, V, L, R> WrappedProcessorSupplier<K, V, L, R> wrapProcessorSupplier(
            String name, ProcessorSupplier<K, V, L, R> supplier) {
        return new WrappedProcessorSupplier<>() {
            @Override
            public Processor<K, V, L, R> get() {
                return filling(Processor.class, supplier.get(), stores());
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return supplier.stores();
            }
        };
    }

    @Override
    public <K, V, R> WrappedFixedKeyProcessorSupplier<K, V, R> wrapFixedKeyProcessorSupplier(
            String name, FixedKeyProcessorSupplier<K, V, R> supplier) {
        return new WrappedFixedKeyProcessorSupplier<>() {
            @Override
            public FixedKeyProcessor<K, V, R> get() {
                return filling(FixedKeyProcessor.class, supplier.get(), stores());
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return supplier.stores();
            }
        };
    }

    /** The processor, whose {@code init} finds its stores filled. */
    @SuppressWarnings("unchecked")
    private <P> P filling(Class<? super P> type, P inner, Set<StoreBuilder<?>> stores) {
        return (P) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("init")) {
                fill(stores, (ProcessingContext) arguments[0]);
            }
            try {
                return method.invoke(inner, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private void fill(Set<StoreBuilder<?>> stores, ProcessingContext context) {
        for (StoreBuilder<?> store : stores == null ? Set.<StoreBuilder<?>>of() : stores) {
            KeyValueStore<Bytes, byte[]> journal = context.getStateStore(store.name());
            content.getOrDefault(store.name(), Map.of()).forEach(journal::put);
        }
    }
}
