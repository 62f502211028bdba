package io.causalstreams.inference.internal.onnx.foreign;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.causalstreams.inference.GenerationException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Inputs and outputs of a graph that another exporter made.
 *
 * @param layers number of {@code past_key_values.N.key} inputs
 * @param kvHeads of the cache's shape, -1 where the graph leaves it open
 * @param headDim of the cache's shape, -1 where the graph leaves it open
 * @param vocabulary of the logits' shape, -1 where the graph leaves it open
 * @param cacheType FLOAT or FLOAT16
 * @param logitsType FLOAT or FLOAT16
 * @param attentionMask whether there is an input {@code attention_mask}
 * @param positionIds whether there is an input {@code position_ids}
 */
record ForeignSignature(
        int layers,
        long kvHeads,
        long headDim,
        long vocabulary,
        OnnxJavaType cacheType,
        OnnxJavaType logitsType,
        boolean attentionMask,
        boolean positionIds) {
    private static final Pattern PAST = Pattern.compile("past_key_values\\.(\\d+)\\.(key|value)");

    /** @throws GenerationException.Failed naming the input or output that this engine cannot serve */
    static ForeignSignature of(Path graph, OrtSession session) throws OrtException {
        return new Reader(graph, session.getInputInfo(), session.getOutputInfo()).read();
    }

    int cacheElementBytes() {
        return cacheType == OnnxJavaType.FLOAT16 ? 2 : 4;
    }

    private record Reader(Path graph, Map<String, NodeInfo> inputs, Map<String, NodeInfo> outputs) {
        ForeignSignature read() {
            TreeSet<Integer> layers = new TreeSet<>();
            for (String name : inputs.keySet()) {
                Matcher past = PAST.matcher(name);
                if (past.matches()) {
                    layers.add(Integer.valueOf(past.group(1)));
                } else {
                    requireIds(name);
                }
            }
            if (layers.isEmpty()) {
                throw failed("has no inputs past_key_values.N.key: it was exported without its cache;"
                        + " export it again with past (optimum: --task text-generation-with-past)");
            }
            if (layers.first() != 0 || layers.last() != layers.size() - 1) {
                throw failed("has caches of layers " + layers + ", which are not all layers from 0 on;"
                        + " models that mix attention with other layers cannot be run");
            }
            TensorInfo cache = tensor(inputs, "past_key_values.0.key", 4);
            requireCaches(layers.size(), cache);
            TensorInfo logits = tensor(outputs, "logits", 3);
            requireFloats("logits", logits);
            return new ForeignSignature(
                    layers.size(),
                    cache.getShape()[1],
                    cache.getShape()[3],
                    logits.getShape()[2],
                    cache.type,
                    logits.type,
                    inputs.containsKey("attention_mask"),
                    inputs.containsKey("position_ids"));
        }

        private void requireIds(String name) {
            switch (name) {
                case "input_ids", "attention_mask", "position_ids" -> {
                    TensorInfo ids = tensor(inputs, name, 2);
                    if (ids.type != OnnxJavaType.INT64) {
                        throw failed("input " + name + " is " + ids.type + ", this engine gives INT64");
                    }
                }
                default ->
                    throw failed("asks for the input " + name + "; this engine knows input_ids, attention_mask,"
                            + " position_ids and past_key_values.N.key and .value");
            }
        }

        private void requireCaches(int layers, TensorInfo first) {
            for (int layer = 0; layer < layers; layer++) {
                for (String part : new String[] {".key", ".value"}) {
                    String past = "past_key_values." + layer + part;
                    TensorInfo cache = tensor(inputs, past, 4);
                    requireFloats(past, cache);
                    boolean same = cache.type == first.type
                            && cache.getShape()[1] == first.getShape()[1]
                            && cache.getShape()[3] == first.getShape()[3];
                    if (!same) {
                        throw failed(
                                "has caches of different sizes: " + past + " is " + cache + ", layer 0 has " + first);
                    }
                    tensor(outputs, "present." + layer + part, 4);
                }
            }
        }

        private void requireFloats(String name, TensorInfo info) {
            if (info.type != OnnxJavaType.FLOAT && info.type != OnnxJavaType.FLOAT16) {
                throw failed(name + " is " + info.type + "; this engine knows float32 and float16");
            }
        }

        private TensorInfo tensor(Map<String, NodeInfo> nodes, String name, int rank) {
            @Nullable NodeInfo node = nodes.get(name);
            if (node == null || !(node.getInfo() instanceof TensorInfo info)) {
                throw failed("has no " + (nodes == inputs ? "input " : "output ") + name + ", only " + nodes.keySet());
            }
            if (info.getShape().length != rank) {
                throw failed(name + " has " + info.getShape().length + " dimensions, expected " + rank);
            }
            return info;
        }

        private GenerationException.Failed failed(String what) {
            return new GenerationException.Failed("model " + graph + ": the graph " + what, null);
        }
    }
}
