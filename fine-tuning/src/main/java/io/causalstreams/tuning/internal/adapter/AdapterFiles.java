package io.causalstreams.tuning.internal.adapter;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.adapter.PeftAdapter;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** Reads and writes adapters in peft's files. */
public final class AdapterFiles {
    private AdapterFiles() {}

    /**
     * Writes both files into an existing directory; what was there stays whole until the new one is.
     *
     * @param base the name of the adapted model, for people and for peft
     */
    public static void write(Path directory, Adapter adapter, String base) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        LoraConfig config = adapter.config();
        ObjectNode json = mapper.createObjectNode()
                .put("peft_type", "LORA")
                .put("task_type", "CAUSAL_LM")
                .put("base_model_name_or_path", base)
                .put("r", config.rank())
                .put("lora_alpha", config.alpha())
                .put("lora_dropout", config.dropout())
                .put("use_rslora", config.rankStabilised())
                .put("bias", "none")
                .put("fan_in_fan_out", adapter.modules().stream().anyMatch(AdaptedModule::transposed))
                .put("inference_mode", true);
        adapter.modules().stream().map(AdaptedModule::name).sorted().forEach(json.putArray("target_modules")::add);
        Files.write(
                directory.resolve(PeftAdapter.CONFIG),
                mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
        Path next = directory.resolve(PeftAdapter.WEIGHTS + ".next");
        SafetensorsOutput.write(
                next,
                Map.of("format", "pt"),
                adapter.parameters().stream().map(AdapterFiles::matrix).toList());
        Files.move(
                next,
                directory.resolve(PeftAdapter.WEIGHTS),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Fills {@code adapter} with the parameters of a saved one.
     *
     * @throws io.causalstreams.export.internal.checkpoint.CheckpointException if it lacks one, or a shape differs
     */
    public static void read(PeftAdapter saved, Adapter adapter) {
        for (Parameter parameter : adapter.parameters()) {
            float[] values = saved.tensor(parameter.name()).read();
            if (values.length != parameter.size()) {
                throw new IllegalArgumentException("%s has %d elements, the model asks for %d by %d"
                        .formatted(parameter.name(), values.length, parameter.rows(), parameter.columns()));
            }
            parameter.values().put(0, values);
        }
    }

    private static SafetensorsOutput.Matrix matrix(Parameter parameter) {
        return new SafetensorsOutput.Matrix(parameter.name(), parameter.rows(), parameter.columns(), () -> {
            float[] elements = new float[parameter.size()];
            parameter.values().get(0, elements);
            return elements;
        });
    }
}
