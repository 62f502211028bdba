package io.causalstreams.topology.adapter;

import io.causalstreams.inference.GenerationRequest;
import org.jspecify.annotations.Nullable;

/**
 * The version of an adapter that a request begins and ends with.
 *
 * @param name by which the request named it
 * @param sha256 the version; null = the adapters topic had none of this name, so the model alone answers
 */
public record AdapterPin(String name, @Nullable String sha256) {

    /** Its text, as it is journaled and told: {@code name@sha256}, or {@code name@} for the model alone. */
    @Override
    public String toString() {
        return name + "@" + (sha256 == null ? "" : sha256);
    }

    /** Reads what {@link #toString} wrote. */
    public static AdapterPin parse(String text) {
        int at = text.lastIndexOf('@');
        String digest = text.substring(at + 1);
        return new AdapterPin(text.substring(0, Math.max(0, at)), digest.isEmpty() ? null : digest);
    }

    /** The request with this version. */
    public GenerationRequest applyTo(GenerationRequest request) {
        String model = request.model();
        GenerationRequest pinned = request.withAdapter(sha256 == null ? null : toString());
        return request.adapter() == null && model != null
                ? pinned.withModel(model.substring(0, model.lastIndexOf(':')))
                : pinned;
    }
}
