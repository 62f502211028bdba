package io.causalstreams.export.internal.checkpoint.gguf;

import io.causalstreams.export.internal.checkpoint.Names;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufMetadata;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What a GGUF model is called. */
final class GgufNames {

    /** {@code .Q4_K_M}, {@code -f16}, ... at the end of file names. */
    private static final Pattern QUANTIZATION =
            Pattern.compile("[.-](I?Q\\d\\w*|B?F16|F32)$", Pattern.CASE_INSENSITIVE);

    private static final Pattern PART = Pattern.compile("-\\d{5}-of-\\d{5}$");

    private GgufNames() {}

    /** The file's name without its quantization; a file with a bare name like {@code model} is called as its metadata say. */
    static String of(GgufMetadata metadata, String file) {
        Path fileName = Path.of(file).getFileName();
        String stem = (fileName == null ? "" : fileName.toString()).replaceFirst("(?i)\\.gguf$", "");
        String whole = PART.matcher(stem).replaceFirst("");
        String name = QUANTIZATION.matcher(whole).replaceFirst("");
        boolean descriptive =
                name.length() > 1 && !name.equalsIgnoreCase("model") && !name.equalsIgnoreCase("ggml-model");
        return Names.of(descriptive ? name : metadata.string("general.name").orElse(name));
    }
}
