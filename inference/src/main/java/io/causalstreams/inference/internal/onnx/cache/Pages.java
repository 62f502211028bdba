package io.causalstreams.inference.internal.onnx.cache;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;

/** What the system is told about pages of memory. On Linux; elsewhere nothing happens. */
final class Pages {
    private static final int MADV_DONTNEED = 4;

    private Pages() {}

    /**
     * Gives whole pages of {@code length} bytes from {@code address} on back to the system. They stay reserved and become
     * resident again, as zeros, when they are touched.
     */
    static void release(long address, long length) {
        if (Platform.isLinux()) {
            long page = LibC.PAGE;
            long from = (address + page - 1) / page * page;
            long to = (address + length) / page * page;
            if (from < to) {
                LibC.madvise(new Pointer(from), to - from, MADV_DONTNEED); // advice: where it is refused, they stay
            }
        }
    }

    private static final class LibC {
        static final long PAGE;

        static {
            Native.register(LibC.class, Platform.C_LIBRARY_NAME);
            PAGE = getpagesize();
        }

        static native int madvise(Pointer address, long length, int advice);

        static native int getpagesize();
    }
}
