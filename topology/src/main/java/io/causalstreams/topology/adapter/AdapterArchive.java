package io.causalstreams.topology.adapter;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An adapter as one sequence of bytes: peft's two files in a ZIP, not compressed and without times, so that equal adapters have equal
 * digests.
 */
public final class AdapterArchive {
    private static final List<String> FILES = List.of("adapter_config.json", "adapter_model.safetensors");
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private AdapterArchive() {}

    /** The archive of a directory that peft or {@code tune} saved. */
    public static byte[] pack(Path directory) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (String file : FILES) {
                byte[] content = Files.readAllBytes(directory.resolve(file));
                CRC32 crc = new CRC32();
                crc.update(content);
                ZipEntry entry = new ZipEntry(file);
                entry.setTimeLocal(NO_TIME);
                entry.setSize(content.length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
            }
        }
        return bytes.toByteArray();
    }

    /** Puts an archive into a directory that those who serve can read, under its digest. */
    public static AdapterEvent store(byte[] archive, Path directory, @Nullable String base) throws IOException {
        String digest = digest(archive);
        Path file = Files.createDirectories(directory).resolve(digest + ".zip").toAbsolutePath();
        Path next = Files.createTempFile(directory, ".next-", ".zip");
        Files.write(next, archive);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return AdapterEvent.at(file.toUri().toString(), digest, base);
    }

    /** Writes its files into an empty directory. @throws AdapterRefusedException if it is not an adapter's archive */
    static void unpack(byte[] archive, long maxBytes, Path directory) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!FILES.contains(entry.getName())) {
                    throw new AdapterRefusedException("its archive holds more than " + String.join(" and ", FILES)
                            + "; write it with 'adapters publish'");
                }
                try (OutputStream out = Files.newOutputStream(directory.resolve(entry.getName()))) {
                    copy(zip, out, maxBytes);
                }
            }
        }
        for (String file : FILES) {
            if (!Files.exists(directory.resolve(file))) {
                throw new AdapterRefusedException("its archive has no " + file);
            }
        }
    }

    private static void copy(ZipInputStream from, OutputStream to, long maxBytes) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = maxBytes;
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            left -= read;
            if (left < 0) {
                throw new AdapterRefusedException("it unpacks to more than " + maxBytes + " bytes");
            }
            to.write(buffer, 0, read);
        }
    }

    /** SHA-256, hexadecimal. */
    public static String digest(byte[] archive) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
