package io.causalstreams.inference.internal.model;

import io.causalstreams.inference.internal.kvcache.KvCacheLayout;

/** What every decoder over a cache of slots says about itself. */
abstract class SlottedCausalLm implements CausalLm {
    final ModelMetadata metadata;
    private final KvCacheLayout layout;

    SlottedCausalLm(ModelMetadata metadata, KvCacheLayout layout) {
        this.metadata = metadata;
        this.layout = layout;
    }

    @Override
    public final ModelMetadata metadata() {
        return metadata;
    }

    @Override
    public final int slots() {
        return layout.slots();
    }

    @Override
    public final int maxContextTokens() {
        return layout.positions();
    }

    @Override
    public final long kvCacheBytes() {
        return layout.totalBytes();
    }
}
