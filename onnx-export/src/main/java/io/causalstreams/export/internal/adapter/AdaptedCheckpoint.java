package io.causalstreams.export.internal.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import java.nio.file.Path;

/** A checkpoint whose weights have an adapter added to them: what follows, whatever it is, sees a model like any other. */
public final class AdaptedCheckpoint implements Checkpoint {
    private final Checkpoint base;
    private final PeftAdapter adapter;
    private final WeightSource weights;

    private AdaptedCheckpoint(Checkpoint base, PeftAdapter adapter) {
        this.base = base;
        this.adapter = adapter;
        this.weights = new AdaptedWeights(base.weights(), adapter);
    }

    /**
     * Opens an adapter for {@code base}, which the result closes with it.
     *
     * @throws io.causalstreams.export.internal.checkpoint.CheckpointException if the adapter cannot be read or does not fit
     */
    public static AdaptedCheckpoint of(Checkpoint base, Path directory) {
        try {
            PeftAdapter adapter = PeftAdapter.open(directory);
            try {
                return new AdaptedCheckpoint(base, adapter);
            } catch (RuntimeException e) {
                adapter.close();
                throw e;
            }
        } catch (RuntimeException e) {
            base.close();
            throw e;
        }
    }

    @Override
    public JsonNode config() {
        return base.config();
    }

    @Override
    public WeightSource weights() {
        return weights;
    }

    @Override
    public void writeTokenizer(Path directory) {
        base.writeTokenizer(directory);
    }

    @Override
    public String name() {
        return base.name();
    }

    @Override
    public void close() {
        adapter.close();
        base.close();
    }
}
