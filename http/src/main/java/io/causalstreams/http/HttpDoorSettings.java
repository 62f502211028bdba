package io.causalstreams.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the door is opened.
 *
 * @param host address or name to listen on
 * @param port 0 = any free one
 * @param keys file of bearer tokens; null = anybody who reaches the port may ask
 * @param open whether that is meant where others than this machine reach it
 * @param tls null = plain HTTP
 * @param maxRequests answered at once
 * @param maxConnections open at once
 * @param maxBodyBytes of a request
 * @param console whether there is a page at {@code /console} that shows everybody's requests
 * @param grace how long a client whose stream was cut may resume before its request is cancelled
 */
public record HttpDoorSettings(
        String host,
        int port,
        @Nullable Path keys,
        boolean open,
        @Nullable Tls tls,
        int maxRequests,
        int maxConnections,
        int maxBodyBytes,
        boolean console,
        Duration grace) {

    /** PEM files: the chain of certificates, the server's first, and its private key (PKCS#8). */
    public record Tls(Path certificates, Path privateKey) {}

    /** @throws HttpDoorException if everybody in a network could ask and nobody said so */
    public HttpDoorSettings {
        if (keys == null && !open && !isLoopback(host)) {
            throw new HttpDoorException("without --http-keys anybody who reaches " + host + " could ask; give a file of"
                    + " keys, listen on 127.0.0.1, or say --http-open");
        }
    }

    /** Plain HTTP on the loopback address, for whoever is on this machine. */
    public static HttpDoorSettings onLoopback(int port) {
        return new HttpDoorSettings(
                "127.0.0.1", port, null, false, null, 256, 1024, 1 << 20, false, Duration.ofSeconds(5));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
