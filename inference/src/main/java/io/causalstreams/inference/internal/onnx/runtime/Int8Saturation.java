package io.causalstreams.inference.internal.onnx.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.GenerationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Whether this processor's products of unsigned activations with signed weights saturate.
 *
 * <p>x86 with AVX2 or AVX-512 but without VNNI adds pairs of such products in 16 bits ({@code vpmaddubsw}): 255·127 + 255·127
 * does not fit. ONNX Runtime can make the weights unsigned instead ({@code session.x64quantprecision}), which is exact
 * everywhere, but more than twice as slow where nothing saturates, VNNI included. So the processor is asked, with a
 * product that shows it: the probe multiplies (1, {@value #INPUTS}) activations with (32, 16) weights.
 *
 * @see <a href="https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html">when and why to try U8U8</a>
 */
final class Int8Saturation {
    private static final String PROBE = "saturation-probe.onnx";
    private static final int INPUTS = 32;
    private static final int LARGEST_ACTIVATION = 255;
    private static final int LARGEST_WEIGHT = 127;

    private Int8Saturation() {}

    /** Runs the probe: some milliseconds. @throws GenerationException.Failed if it cannot be run */
    static boolean happensHere(OrtEnvironment environment) {
        ByteBuffer activations = ByteBuffer.allocateDirect(INPUTS);
        for (int i = 0; i < INPUTS; i++) {
            activations.put(i, (byte) LARGEST_ACTIVATION);
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession session = environment.createSession(probe(), options);
                    OnnxTensor input = OnnxTensor.createTensor(
                            environment, activations, new long[] {1, INPUTS}, OnnxJavaType.UINT8);
                    OrtSession.Result result = session.run(Map.of("a", input))) {
                int product = ((OnnxTensor) result.get(0)).getIntBuffer().get(0);
                return product != INPUTS * LARGEST_ACTIVATION * LARGEST_WEIGHT;
            }
        } catch (OrtException | IOException e) {
            throw new GenerationException.Failed("ONNX Runtime cannot multiply integers on this machine", e);
        }
    }

    private static byte[] probe() throws IOException {
        try (InputStream in = Int8Saturation.class.getResourceAsStream(PROBE)) {
            if (in == null) {
                throw new IOException("resource " + PROBE + " is missing");
            }
            return in.readAllBytes();
        }
    }
}
