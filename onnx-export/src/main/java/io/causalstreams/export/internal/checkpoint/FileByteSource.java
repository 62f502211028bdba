package io.causalstreams.export.internal.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file behind positional channel reads: no mapping, so any size works and a file cut short is an error, not a fault. */
public final class FileByteSource implements ByteSource {

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private FileByteSource(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    public static FileByteSource open(Path path) {
        if (!Files.exists(path)) {
            throw new CheckpointException(path + ": no such file; the checkpoint is incomplete, download it again");
        }
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path + ": not a regular file; give a checkpoint file");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new FileByteSource(path, channel, channel.size());
        } catch (NoSuchFileException e) {
            throw new CheckpointException(path + ": no such file; the checkpoint is incomplete, download it again", e);
        } catch (IOException e) {
            throw new CheckpointException(
                    path + ": cannot be opened (" + e.getMessage() + "); check its permissions", e);
        }
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0 || offset > size - target.remaining()) {
            throw new CheckpointException(path + ": ends at byte " + size + ", before " + target.remaining()
                    + " bytes at " + offset + "; the file is truncated, download it again");
        }
        try {
            long position = offset;
            while (target.hasRemaining()) {
                int read = channel.read(target, position);
                if (read < 0) {
                    throw new CheckpointException(path + ": became shorter while it was read; download it again");
                }
                position += read;
            }
        } catch (IOException e) {
            throw new CheckpointException(path + ": reading failed (" + e.getMessage() + "); check the disk", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CheckpointException(path + ": closing failed (" + e.getMessage() + "); check the disk", e);
        }
    }
}
