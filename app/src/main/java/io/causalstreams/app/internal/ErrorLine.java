package io.causalstreams.app.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** One line for people out of any exception. */
public final class ErrorLine {
    private ErrorLine() {}

    /** What went wrong and with what; never empty, never more than one line. */
    public static String of(Throwable failure) {
        Throwable cause = unwrapped(failure);
        String line = cause instanceof IOException io ? ofFile(io) : message(cause) + advice(cause.getMessage());
        return line.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    private static String ofFile(IOException failure) {
        if (failure instanceof NoSuchFileException missing) {
            return missing.getFile() + ": no such file or directory";
        }
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied; choose another place or change its permissions";
        }
        if (failure instanceof FileSystemException file) {
            String reason = file.getReason() == null ? file.getClass().getSimpleName() : file.getReason();
            return file.getFile() + ": " + lowerFirst(reason) + advice(reason);
        }
        String message = message(failure);
        return message + advice(message);
    }

    private static String advice(@Nullable String reason) {
        if (reason == null || reason.contains(";")) { // advice is there already
            return "";
        }
        if (reason.contains("No space left")) {
            return "; free some space, or point XDG_CACHE_HOME to a larger disk";
        }
        return reason.contains("Read-only file system") ? "; choose a place that can be written to" : "";
    }

    private static String message(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return "out of memory (" + failure.getMessage()
                    + "); use fewer --slots or a smaller --max-context, or raise -Xmx or -XX:MaxDirectMemorySize in JAVA_OPTS";
        }
        if (failure instanceof ReadOnlyFileSystemException) {
            return "the file system is read-only; choose a place that can be written to";
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof UncheckedIOException
                        || cause instanceof ExecutionException
                        || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String lowerFirst(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
