package io.causalstreams.it;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Self-signed certificates and the stores that hold and trust them, made by the JDK's keytool. PKCS12. */
final class Certificates {
    /** Of every store. */
    static final String PASSWORD = "store-password-9731";

    private final Path directory = TestFiles.fresh("certificates-");

    Path directory() {
        return directory;
    }

    /** A store with a key and a certificate for {@code names}, such as {@code dns:localhost,ip:127.0.0.1}. */
    Path keyStore(String alias, String names) {
        Path store = directory.resolve(alias + ".p12");
        keytool(
                store,
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + alias,
                "-ext",
                "san=" + names);
        return store;
    }

    /** A store that trusts the certificate of each alias of {@link #keyStore}. */
    Path trustStore(String name, String... aliases) {
        Path store = directory.resolve(name + ".p12");
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            for (String alias : aliases) {
                KeyStore keys =
                        KeyStore.getInstance(directory.resolve(alias + ".p12").toFile(), PASSWORD.toCharArray());
                trusted.setCertificateEntry(alias, keys.getCertificate(alias));
            }
            try (OutputStream out = Files.newOutputStream(store)) {
                trusted.store(out, PASSWORD.toCharArray());
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("no store " + name, e);
        }
        return store;
    }

    /** The certificate and the key of {@link #keyStore} as PEM files {@code alias.crt} and {@code alias.key}. */
    void exportPem(String alias) {
        try {
            KeyStore keys =
                    KeyStore.getInstance(directory.resolve(alias + ".p12").toFile(), PASSWORD.toCharArray());
            byte[] key = keys.getKey(alias, PASSWORD.toCharArray()).getEncoded();
            pem(alias + ".crt", "CERTIFICATE", keys.getCertificate(alias).getEncoded());
            pem(alias + ".key", "PRIVATE KEY", key);
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("no PEM files of " + alias, e);
        }
    }

    private void pem(String file, String type, byte[] der) throws IOException {
        String base64 = Base64.getMimeEncoder().encodeToString(der);
        Files.writeString(
                directory.resolve(file), "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }

    private static void keytool(Path store, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
