package io.causalstreams.inference.internal.onnx.pooled;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.PooledMetadata;
import io.causalstreams.inference.internal.model.PooledModel;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.model.TokenRow;
import io.causalstreams.inference.internal.onnx.device.Accelerator;
import io.causalstreams.inference.internal.onnx.runtime.GraphFile;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A graph without a cache on ONNX Runtime. */
public final class OnnxPooledModel implements PooledModel {
    /** The input that identifies such a graph: tokens of each row. */
    public static final String LENGTHS = "lengths";

    private static final String TYPES = "token_type_ids";
    /** Where the configuration says nothing: the scores of attention grow with the square of it. */
    private static final int USUAL_CONTEXT = 2048;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final PooledMetadata metadata;
    private final String output;
    private final boolean types;
    private boolean closed;

    private OnnxPooledModel(
            OrtEnvironment environment, OrtSession session, PooledMetadata metadata, String output, boolean types) {
        this.environment = environment;
        this.session = session;
        this.metadata = metadata;
        this.output = output;
        this.types = types;
    }

    /**
     * Takes over {@code session}; whoever opened it closes it if this fails.
     *
     * @throws GenerationException.Failed if the graph cannot be used; the message says why
     */
    public static OnnxPooledModel open(
            OrtEnvironment environment, OrtSession session, ModelDirectory directory, EngineConfig config)
            throws OrtException {
        PooledMetadata stored =
                PooledProperties.read(directory.graph(), session.getMetadata().getCustomMetadata());
        int context = config.maxContextTokens() == null
                ? Math.min(USUAL_CONTEXT, stored.maxContextTokens())
                : Math.min(config.maxContextTokens(), stored.maxContextTokens());
        return new OnnxPooledModel(
                environment,
                session,
                stored.withMaxContextTokens(context),
                session.getOutputNames().iterator().next(),
                session.getInputNames().contains(TYPES));
    }

    /**
     * Refuses a graph that was not exported for devices. Loads nothing.
     *
     * @throws GenerationException.Failed if it was not
     */
    public static void requireFor(Accelerator accelerator, ModelDirectory directory) {
        PooledProperties.requireFor(accelerator, directory.graph(), GraphFile.properties(directory.graph()));
    }

    /**
     * As {@link #open}, on a device: the largest pass is run once, so that what does not fit is known now.
     *
     * @throws GenerationException.Failed if the graph cannot be used, or the pass cannot be computed; the message says which
     */
    public static OnnxPooledModel openOn(
            Accelerator accelerator,
            OrtEnvironment environment,
            OrtSession session,
            ModelDirectory directory,
            EngineConfig config)
            throws OrtException {
        OnnxPooledModel model = open(environment, session, directory, config);
        model.runLargestPass(accelerator.name());
        return model;
    }

    private void runLargestPass(String device) {
        int longest = metadata.maxContextTokens();
        List<TokenRow> rows = new ArrayList<>();
        for (int left = Math.max(longest, PASS_TOKENS); left > 0; left -= longest) {
            int length = Math.min(left, longest);
            rows.add(new TokenRow(new int[length], length));
        }
        try {
            run(rows);
        } catch (StepFailedException e) {
            throw new GenerationException.Failed(
                    "model " + metadata.name() + ": " + device + " cannot compute a " + e.getMessage()
                            + "; lower the context",
                    e);
        }
    }

    @Override
    public PooledMetadata metadata() {
        return metadata;
    }

    @Override
    public float[][] run(List<TokenRow> rows) {
        int tokens = rows.stream().mapToInt(TokenRow::length).sum();
        LongBuffer ids = direct(tokens * Long.BYTES).asLongBuffer();
        IntBuffer lengths = direct(rows.size() * Integer.BYTES).asIntBuffer();
        for (TokenRow row : rows) {
            for (int id : row.ids()) {
                ids.put(id);
            }
            lengths.put(row.length());
        }
        try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids.flip(), new long[] {tokens});
                OnnxTensor lengthTensor =
                        OnnxTensor.createTensor(environment, lengths.flip(), new long[] {rows.size()});
                OnnxTensor typeTensor =
                        OnnxTensor.createTensor(environment, types(rows, tokens), new long[] {tokens})) {
            Map<String, OnnxTensor> inputs = new HashMap<>(Map.of("input_ids", idTensor, LENGTHS, lengthTensor));
            if (types) {
                inputs.put(TYPES, typeTensor);
            }
            try (OrtSession.Result result = session.run(inputs)) {
                return (float[][]) result.get(output).orElseThrow().getValue();
            }
        } catch (OrtException e) {
            throw new StepFailedException(
                    "pass over " + rows.size() + " texts of " + tokens + " tokens: " + e.getMessage(), e);
        }
    }

    private static LongBuffer types(List<TokenRow> rows, int tokens) {
        LongBuffer types = direct(tokens * Long.BYTES).asLongBuffer();
        for (TokenRow row : rows) {
            for (int i = 0; i < row.length(); i++) {
                types.put(i < row.secondFrom() ? 0 : 1);
            }
        }
        return types.flip();
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            session.close();
        } catch (OrtException e) {
            throw new GenerationException.Failed("the session could not be closed", e);
        }
    }
}
