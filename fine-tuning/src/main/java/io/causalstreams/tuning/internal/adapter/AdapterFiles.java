package io.causalstreams.tuning.internal.adapter;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.adapter.PeftAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

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
                .put("lora_dropout", 0.0)
                .put("use_rslora", config.rankStabilised())
                .put("bias", "none")
                .put("fan_in_fan_out", adapter.modules().stream().anyMatch(AdaptedModule::transposed))
                .put("inference_mode", true);
        adapter.modules().stream().map(AdaptedModule::name).sorted().forEach(json.putArray("target_modules")::add);
        Files.write(
                directory.resolve(PeftAdapter.CONFIG),
                mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
        Path next = directory.resolve(PeftAdapter.WEIGHTS + ".next");
        writeTensors(next, adapter.parameters());
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

    /** A safetensors file: length of the header, header in JSON, elements. */
    private static void writeTensors(Path file, List<Parameter> parameters) throws IOException {
        ObjectNode header = new ObjectMapper().createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        long end = 0;
        for (Parameter parameter : parameters) {
            ObjectNode entry = header.putObject(parameter.name());
            entry.put("dtype", "F32");
            entry.putArray("shape").add(parameter.rows()).add(parameter.columns());
            long begin = end;
            end += (long) parameter.size() * Float.BYTES;
            entry.putArray("data_offsets").add(begin).add(end);
        }
        // Readers map the elements: they begin at a multiple of eight bytes.
        String text = header.toString();
        byte[] json = (text + " ".repeat(Math.floorMod(-text.length(), 8))).getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            write(
                    channel,
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(0, json.length));
            write(channel, ByteBuffer.wrap(json));
            for (Parameter parameter : parameters) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(parameter.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(0, parameter.values(), 0, parameter.size());
                write(channel, bytes);
            }
            channel.force(true);
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
