package io.causalstreams.app.internal.demo;

import java.util.Collection;
import java.util.List;

/** How lanes are shown. One thread. */
public interface View {

    /** Something arrived; {@code lanes} are all that are not done, in the order of sending. */
    void show(Collection<Lane> lanes);

    /** A lane is done; {@code lines} report how. */
    void done(Lane lane, List<String> lines);

    /** Lines about something else. */
    void print(List<String> lines);

    /** No more lanes. */
    void end();
}
