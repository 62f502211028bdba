package io.causalstreams.export.internal.checkpoint.safetensors;

import io.causalstreams.export.internal.checkpoint.StoredTensor;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Matrices of all experts in one tensor (gpt-oss), of which a product needs one. */
final class StackedExperts {
    private static final Pattern STACKED = Pattern.compile(".*\\.experts\\.(gate_up_proj|down_proj)");
    private static final int MAX_EXPERTS = 4096;

    private StackedExperts() {}

    /** One tensor an expert, {@code name.0}, {@code name.1}, …, where {@code tensor} is stacked; else itself. */
    static List<StoredTensor> apart(StoredTensor tensor) {
        List<Long> shape = tensor.shape();
        if (shape.size() != 3 || !STACKED.matcher(tensor.name()).matches() || shape.get(0) > MAX_EXPERTS) {
            return List.of(tensor);
        }
        int experts = shape.get(0).intValue();
        return IntStream.range(0, experts)
                .mapToObj(expert -> new StoredTensor(
                        tensor.name() + "." + expert,
                        tensor.type(),
                        shape.subList(1, 3),
                        tensor.source(),
                        tensor.offset() + tensor.bytes() / experts * expert))
                .toList();
    }
}
