package io.causalstreams.export.hub;

import java.util.regex.Pattern;

/**
 * A file on the hub.
 *
 * @param name path inside the repository
 * @param size bytes
 * @param etag names its content: SHA-256 in hex for large files, git's SHA-1 of the blob for small ones
 */
record RemoteFile(String name, long size, String etag) {

    private static final Pattern SAFE_ETAG = Pattern.compile("[0-9A-Za-z_=+-][0-9A-Za-z._=+-]{0,127}");

    RemoteFile {
        if (!SAFE_ETAG.matcher(etag).matches()) {
            throw new HubException(
                    name + ": the hub sent the ETag '" + etag + "', which cannot name a file; try another hub");
        }
        if (size < 0) {
            throw new HubException(name + ": the hub does not say how large the file is; try another hub");
        }
    }

    /** Without quotes and the mark of weak comparison (RFC 9110, section 8.8.3). */
    static String unquoted(String etag) {
        String strong = etag.startsWith("W/") ? etag.substring(2) : etag;
        return strong.replace("\"", "");
    }
}
