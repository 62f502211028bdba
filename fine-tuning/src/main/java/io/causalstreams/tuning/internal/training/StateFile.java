package io.causalstreams.tuning.internal.training;

import io.causalstreams.tuning.TuningException;
import io.causalstreams.tuning.internal.adapter.Parameter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/**
 * A training's state on disk: parameters, moments, progress. Written beside its place and moved there, so that a process that is
 * killed leaves the state before or the state after, never a half.
 *
 * <pre>
 *   identity (text) │ optimiser's steps │ losses of steps, of validations │ parameters │ moments │ CRC-32 of all before
 * </pre>
 *
 * @param identity what the state belongs to: model, records and options; another's is refused
 */
record StateFile(Path file, String identity) {

    void write(List<Parameter> parameters, AdamW optimiser, Progress progress) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (FileChannel channel = FileChannel.open(
                        next,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                CheckedOutputStream checked = new CheckedOutputStream(
                        new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), new CRC32());
                DataOutputStream out = new DataOutputStream(checked)) {
            out.writeUTF(identity);
            out.writeLong(optimiser.steps());
            writeLosses(out, progress.training());
            writeLosses(out, progress.validation());
            for (Parameter parameter : parameters) {
                float[] values = new float[parameter.size()];
                parameter.values().get(0, values);
                writeFloats(out, values);
            }
            for (float[] moment : optimiser.moments()) {
                writeFloats(out, moment);
            }
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads the state into what is given.
     *
     * @return whether there was one
     * @throws TuningException if it belongs to another training or is damaged
     */
    boolean read(List<Parameter> parameters, AdamW optimiser, Progress progress) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        byte[] all = Files.readAllBytes(file);
        CRC32 crc = new CRC32();
        crc.update(all, 0, Math.max(0, all.length - Long.BYTES));
        if (all.length < Long.BYTES || ByteBuffer.wrap(all).getLong(all.length - Long.BYTES) != crc.getValue()) {
            throw new TuningException(file + ": is damaged; remove it to begin anew");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(all))) {
            if (!in.readUTF().equals(identity)) {
                throw new TuningException(file
                        + ": belongs to a training with another model, other records or other options; remove it to begin anew,"
                        + " or name another --output");
            }
            optimiser.resumeAt(in.readLong());
            progress.resume(readLosses(in), readLosses(in));
            for (Parameter parameter : parameters) {
                float[] values = new float[parameter.size()];
                readFloats(in, values);
                parameter.values().put(0, values);
            }
            for (float[] moment : optimiser.moments()) {
                readFloats(in, moment);
            }
        }
        return true;
    }

    private static void writeLosses(DataOutputStream out, List<double[]> losses) throws IOException {
        out.writeInt(losses.size());
        for (double[] point : losses) {
            out.writeDouble(point[0]);
            out.writeDouble(point[1]);
        }
    }

    private static List<double[]> readLosses(DataInputStream in) throws IOException {
        List<double[]> losses = new ArrayList<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            losses.add(new double[] {in.readDouble(), in.readDouble()});
        }
        return losses;
    }

    private static void writeFloats(DataOutputStream out, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        byte[] copy = new byte[bytes.capacity()];
        bytes.get(copy);
        out.write(copy);
    }

    private static void readFloats(DataInputStream in, float[] values) throws IOException {
        byte[] bytes = in.readNBytes(values.length * Float.BYTES);
        ByteBuffer.wrap(Arrays.copyOf(bytes, values.length * Float.BYTES))
                .asFloatBuffer()
                .get(values);
    }
}
