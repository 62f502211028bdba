package io.causalstreams.app.internal.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What a measurement was made on, as far as the operating system reports it. */
public final class Machine {
    private Machine() {}

    /** Model of the processor and number of logical cores: {@code AMD EPYC 9V74, 2 cores}. */
    public static String describe() {
        return field(Path.of("/proc/cpuinfo"), "model name").orElse(System.getProperty("os.arch", "")) + ", "
                + Runtime.getRuntime().availableProcessors() + " cores";
    }

    /** The most memory this process has had resident, in bytes; empty where there is no /proc. */
    public static OptionalLong peakResidentBytes() {
        return field(Path.of("/proc/self/status"), "VmHWM")
                .map(text ->
                        OptionalLong.of(Long.parseLong(text.replace("kB", "").strip()) * 1024))
                .orElse(OptionalLong.empty());
    }

    private static java.util.Optional<String> field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip());
        } catch (IOException | java.io.UncheckedIOException e) {
            return java.util.Optional.empty();
        }
    }
}
