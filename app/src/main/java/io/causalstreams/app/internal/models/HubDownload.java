package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.terminal.Progress;
import java.nio.file.Path;

/** Fetches checkpoints from a Hugging-Face-compatible hub. */
class HubDownload {

    /** The directory with the repository's files. */
    Path download(ModelSource.Hub source, Progress progress) {
        throw new AppException("model " + source.repository()
                + ": names of hub repositories are not supported yet; download it and give its directory");
    }
}
