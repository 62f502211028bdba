package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.hub.HubClient;
import io.causalstreams.export.hub.HubException;
import io.causalstreams.export.hub.HubSettings;
import java.nio.file.Path;

/** Fetches checkpoints from a Hugging-Face-compatible hub, into the cache that its other tools use. */
class HubDownload {

    /** The directory with the repository's files. */
    Path download(ModelSource.Hub source, Progress progress) {
        String name = source.revision() == null ? source.repository() : source.repository() + '@' + source.revision();
        try (Progress.Task task = progress.start("Downloading " + name, 0)) {
            return new HubClient(HubSettings.fromEnvironment()).download(name, task::update);
        } catch (HubException e) {
            throw new AppException("model " + e.getMessage(), e);
        }
    }
}
