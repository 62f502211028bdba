package io.causalstreams.inference;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an engine computes and keeps its cache.
 *
 * @param ordinal number of a CUDA device, from 0; 0 of other kinds
 */
public record Device(Kind kind, int ordinal) {
    private static final Pattern CUDA_DEVICE = Pattern.compile("cuda(?::(\\d{1,4}))?");

    /** The host's processor. */
    public static final Device CPU = new Device(Kind.CPU, 0);
    /** The first CUDA device where there is one that can be used, else the host's processor. */
    public static final Device AUTO = new Device(Kind.AUTO, 0);

    /** Kinds of devices. */
    public enum Kind {
        CPU,
        CUDA,
        AUTO
    }

    /** @throws IllegalArgumentException for a number that the kind does not have */
    public Device {
        if (ordinal < 0 || (ordinal > 0 && kind != Kind.CUDA)) {
            throw new IllegalArgumentException("device " + kind + " has no number " + ordinal);
        }
    }

    /** A CUDA device. */
    public static Device cuda(int ordinal) {
        return new Device(Kind.CUDA, ordinal);
    }

    /** Reads {@code cpu}, {@code cuda}, {@code cuda:N} or {@code auto}. @throws IllegalArgumentException for anything else */
    public static Device parse(String text) {
        Matcher cuda = CUDA_DEVICE.matcher(text);
        if (cuda.matches()) {
            return cuda(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
        }
        return switch (text) {
            case "cpu" -> CPU;
            case "auto" -> AUTO;
            default ->
                throw new IllegalArgumentException(
                        "device '" + text + "' is unknown; there are cpu, cuda, cuda:N and auto");
        };
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return switch (kind) {
            case CPU -> "cpu";
            case CUDA -> "cuda:" + ordinal;
            case AUTO -> "auto";
        };
    }
}
