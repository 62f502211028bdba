package io.causalstreams.export.internal.checkpoint;

import java.nio.ByteBuffer;

/** Random access to the bytes of one file. */
public interface ByteSource extends AutoCloseable {

    /** How errors call it: the file's path. */
    String name();

    /** Size in bytes. */
    long size();

    /**
     * Fills {@code target} from its position to its limit with the bytes at {@code offset}.
     *
     * @throws CheckpointException if the range is not inside the file, or reading fails
     */
    void read(long offset, ByteBuffer target);

    @Override
    void close();
}
