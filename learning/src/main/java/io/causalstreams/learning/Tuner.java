package io.causalstreams.learning;

import io.causalstreams.topology.adapter.AdapterEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes an adapter of a round's records. The same round gives the same result, also when it was ended in between. */
public interface Tuner {

    /**
     * Runs a round.
     *
     * @param stopped asked often; when it says so, the round is ended by a {@link StoppedException}, to be run again
     */
    Result tune(Round round, java.util.function.BooleanSupplier stopped);

    /**
     * What a round is made of; all of it is in the store, so that any owner runs the same.
     *
     * @param records to learn, in JSON
     * @param heldBack to judge by, in JSON
     * @param start the adapter that is served, from which it goes on; null = none is
     */
    record Round(
            String adapter,
            long number,
            List<String> records,
            List<String> heldBack,
            @Nullable AdapterEvent start) {
        public Round {
            records = List.copyOf(records);
            heldBack = List.copyOf(heldBack);
        }
    }

    /**
     * What came of it.
     *
     * @param before loss of the records held back with the adapter that is served
     * @param after the same with the best that was found
     * @param adapter to be published; null = none is better
     * @param error why there is none; null = nothing went wrong
     */
    record Result(
            double before,
            double after,
            @Nullable AdapterEvent adapter,
            @Nullable String error) {}

    /** A round was ended because its task is somebody else's now. */
    final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public StoppedException() {
            super("the round was ended", null, false, false);
        }
    }
}
