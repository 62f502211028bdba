package io.causalstreams.export.internal.checkpoint;

import java.util.Map;

/** The GGUF architectures that can be read, by {@code general.architecture}. */
final class GgufFamilies {

    static final Map<String, GgufFamily> ALL = Map.of("llama", new LlamaFamily());

    private GgufFamilies() {}
}
