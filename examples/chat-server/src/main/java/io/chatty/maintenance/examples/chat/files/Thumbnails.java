package io.chatty.maintenance.examples.chat.files;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes small pictures of large ones. Pictures come from strangers: one that is broken, or that would take more memory or time
 * than a picture may, has no thumbnail, and that is all. One is made at a time. Thread-safe.
 */
public final class Thumbnails {

    private static final Logger LOG = LoggerFactory.getLogger(Thumbnails.class);

    /** How long the longer side of a thumbnail is at most, in pixels. */
    static final int SIDE = 160;

    /** A few bytes can say that they are a picture of gigabytes: this is looked at before any of it is unpacked. */
    private static final long MOST_PIXELS = 24_000_000;

    private static final int LONGEST_SIDE = 20_000;

    /** A JPEG comes in a few passes; thousands of empty ones over a large picture would take hours. */
    private static final int MOST_PASSES = 100;

    /** A thumbnail of that picture, as PNG; empty if there can be none. */
    public synchronized Optional<byte[]> of(byte[] content) {
        FileKind kind = FileKind.of(content);
        if (!kind.isPicture()) {
            return Optional.empty();
        }
        try {
            return small(kind, content);
        } catch (IOException | RuntimeException e) { // the readers throw whatever comes to them
            LOG.debug("No thumbnail of a broken picture", e);
            return Optional.empty();
        }
    }

    private static Optional<byte[]> small(FileKind kind, byte[] content) throws IOException {
        if (kind == FileKind.JPEG && passes(content) > MOST_PASSES) {
            return Optional.empty();
        }
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(kind.format());
        ImageReader reader = readers.next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            reader.setInput(in, true, true); // without texts beside the picture, which could unpack to gigabytes
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            int longer = Math.max(width, height);
            if (longer > LONGEST_SIDE || (long) width * height > MOST_PIXELS) {
                return Optional.empty();
            }
            // Only every so many-th pixel is kept while it is read: the whole picture is never in memory.
            int step = Math.max(1, (longer + SIDE - 1) / SIDE);
            ImageReadParam some = reader.getDefaultReadParam();
            some.setSourceSubsampling(step, step, 0, 0);
            BufferedImage small = reader.read(0, some);
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
                ImageIO.write(small, "png", out);
            }
            return Optional.of(png.toByteArray());
        } finally {
            reader.dispose();
        }
    }

    private static int passes(byte[] jpeg) {
        int passes = 0;
        for (int i = 0; i + 1 < jpeg.length; i++) {
            passes += jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xda ? 1 : 0;
        }
        return passes;
    }
}
