package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.adapter.AdapterCatalog;
import io.causalstreams.topology.adapter.AdapterPin;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.internal.journal.Arrival;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Gives arrivals the versions of their adapters. The version is a header of the arrival, so it is journaled with it and goes with every
 * event made of it.
 */
public record AdapterPins(AdapterCatalog catalog) {

    /**
     * A request with the version it begins with.
     *
     * @param pin null = the adapters topic has nothing to do with it
     */
    record Pinned(
            Arrival arrival,
            GenerationRequest request,
            @Nullable AdapterPin pin) {}

    /**
     * The version of a journaled arrival, or the one that is served now.
     *
     * @throws GenerationException.Failed if a journaled version is nowhere any more
     */
    Pinned of(Arrival arrival, GenerationRequest request) {
        AdapterPin journaled = journaled(arrival);
        if (journaled != null) {
            catalog.require(journaled, request);
            return new Pinned(arrival, journaled.applyTo(request), journaled);
        }
        AdapterPin pin = catalog.pin(request, arrival.keyBytes());
        return pin == null
                ? new Pinned(arrival, request, null)
                : new Pinned(arrival.with(EventHeaders.ADAPTER, pin.toString()), pin.applyTo(request), pin);
    }

    /**
     * The arrival of the same request for the candidate that answers it in shadow; null = none does.
     *
     * @param sequence its place in the journal
     */
    @Nullable
    Arrival shadow(Arrival of, GenerationRequest request, long sequence) {
        AdapterPin candidate = catalog.shadow(request, journaled(of));
        if (candidate == null || isShadow(of)) {
            return null;
        }
        Arrival shadow = new Arrival(
                sequence,
                of.id() + ":shadow",
                of.key(),
                of.value(),
                of.headers(),
                of.topic(),
                of.partition(),
                of.offset(),
                of.timestamp(),
                of.form());
        return shadow.with(EventHeaders.ADAPTER, candidate.toString()).with(EventHeaders.SHADOW, of.id());
    }

    static boolean isShadow(Arrival arrival) {
        return arrival.headers().lastHeader(EventHeaders.SHADOW) != null;
    }

    /** The request that it answers: its own id, or of a shadow that of the answer. */
    static String answered(Arrival arrival) {
        Header of = arrival.headers().lastHeader(EventHeaders.SHADOW);
        return of == null ? arrival.id() : new String(of.value(), StandardCharsets.UTF_8);
    }

    private static @Nullable AdapterPin journaled(Arrival arrival) {
        Header header = arrival.headers().lastHeader(EventHeaders.ADAPTER);
        return header == null || header.value() == null
                ? null
                : AdapterPin.parse(new String(header.value(), StandardCharsets.UTF_8));
    }

    /** Takes away what a record has of these headers by itself, as one that another operator answered. */
    public static Headers withoutPins(Headers headers) {
        return headers.remove(EventHeaders.ADAPTER).remove(EventHeaders.SHADOW);
    }
}
