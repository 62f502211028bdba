package io.causalstreams.export.internal.checkpoint;

import java.nio.ByteBuffer;

/** A file's content in memory. */
public record HeapByteSource(ByteBuffer content) implements ByteSource {

    public static HeapByteSource of(byte[] bytes) {
        return new HeapByteSource(ByteBuffer.wrap(bytes));
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public long size() {
        return content.capacity();
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0 || offset > size() - target.remaining()) {
            throw new CheckpointException("memory: ends before " + target.remaining() + " bytes at " + offset);
        }
        target.put(content.duplicate().position((int) offset).limit((int) offset + target.remaining()));
    }

    @Override
    public void close() {}
}
