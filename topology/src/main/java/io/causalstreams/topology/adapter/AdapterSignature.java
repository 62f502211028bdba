package io.causalstreams.topology.adapter;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;

/**
 * Who says that an adapter may have its name: Ed25519 (RFC 8032) over name, digest and base.
 *
 * @param key the first 16 hexadecimal digits of the SHA-256 of the public key (X.509, DER)
 * @param value the signature, Base64
 */
public record AdapterSignature(String key, String value) {
    private static final String ALGORITHM = "Ed25519";

    /** Signs an adapter for a name. */
    public static AdapterSignature sign(
            AdapterKey name, AdapterEvent event, PrivateKey privateKey, PublicKey publicKey) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(privateKey);
            signature.update(signed(name, event));
            return new AdapterSignature(idOf(publicKey), Base64.getEncoder().encodeToString(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the adapter cannot be signed: " + e.getMessage(), e);
        }
    }

    /** @throws AdapterRefusedException if none of the keys has signed it */
    static void verify(AdapterKey name, AdapterEvent event, Collection<PublicKey> trusted) {
        if (trusted.isEmpty()) {
            return;
        }
        AdapterSignature signature = event.signature();
        if (signature == null) {
            throw new AdapterRefusedException(
                    "it is not signed, and only signed adapters are taken here; publish it with --sign");
        }
        PublicKey key = trusted.stream()
                .filter(each -> idOf(each).equals(signature.key()))
                .findFirst()
                .orElseThrow(() -> new AdapterRefusedException(
                        "it is signed by key " + signature.key() + ", which is none of the trusted ones"));
        if (!signature.isOf(name, event, key)) {
            throw new AdapterRefusedException("its signature is not that of this name, digest and base");
        }
    }

    private boolean isOf(AdapterKey name, AdapterEvent event, PublicKey publicKey) {
        try {
            Signature verification = Signature.getInstance(ALGORITHM);
            verification.initVerify(publicKey);
            verification.update(signed(name, event));
            return verification.verify(Base64.getDecoder().decode(value));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    /** A candidate is signed for its name, so that it can be promoted as it is. */
    private static byte[] signed(AdapterKey name, AdapterEvent event) {
        return ("causal-streams-adapter-v1\n" + name.name() + "\n" + event.sha256() + "\n"
                        + (event.base() == null ? "" : event.base()) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String idOf(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return HexFormat.of().formatHex(digest).substring(0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * A public key as {@code openssl pkey -pubout} writes it, PEM or its Base64 alone.
     *
     * @throws IllegalArgumentException if it is none of Ed25519
     */
    public static PublicKey publicKey(String pem) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(der(pem)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("is no public key of Ed25519 (openssl pkey -pubout writes one)", e);
        }
    }

    /**
     * A private key as {@code openssl genpkey -algorithm ed25519} writes it.
     *
     * @throws IllegalArgumentException if it is none of Ed25519
     */
    public static PrivateKey privateKey(String pem) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(der(pem)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "is no private key of Ed25519 (openssl genpkey -algorithm ed25519 writes one)", e);
        }
    }

    private static byte[] der(String pem) {
        return Base64.getDecoder().decode(pem.replaceAll("-----[A-Z ]+-----|\\s", ""));
    }
}
