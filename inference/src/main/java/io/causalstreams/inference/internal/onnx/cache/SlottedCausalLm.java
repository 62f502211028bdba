package io.causalstreams.inference.internal.onnx.cache;

import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.ModelMetadata;

/** What every decoder over a cache of slots says about itself. */
public abstract class SlottedCausalLm implements CausalLm {
    protected final ModelMetadata metadata;
    private final KvCacheLayout layout;

    protected SlottedCausalLm(ModelMetadata metadata, KvCacheLayout layout) {
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
