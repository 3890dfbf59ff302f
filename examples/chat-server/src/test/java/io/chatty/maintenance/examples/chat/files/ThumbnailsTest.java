package io.chatty.maintenance.examples.chat.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThumbnailsTest {

    private static final int AFTER_HEADER = 8 + 25; // of a PNG: the signature and the first chunk

    private final Thumbnails thumbnails = new Thumbnails();

    private static byte[] picture(String format, int width, int height, int type) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        assertThat(ImageIO.write(new BufferedImage(width, height, type), format, bytes))
                .isTrue();
        return bytes.toByteArray();
    }

    private static BufferedImage read(byte[] picture) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(picture));
    }

    private static byte[] with(byte[] bytes, int at, byte[] more) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, longer, at, more.length);
        System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
        return longer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif"})
    void a_picture_has_a_small_one_of_the_same_shape(String format) throws Exception {
        byte[] thumbnail = thumbnails
                .of(picture(format, 1_600, 800, BufferedImage.TYPE_INT_RGB))
                .orElseThrow();
        assertThat(FileKind.of(thumbnail)).isEqualTo(FileKind.PNG);
        assertThat(read(thumbnail).getWidth()).isEqualTo(Thumbnails.SIDE);
        assertThat(read(thumbnail).getHeight()).isEqualTo(Thumbnails.SIDE / 2);
    }

    @Test
    void a_small_picture_stays_as_large_as_it_is() throws Exception {
        byte[] thumbnail = thumbnails
                .of(picture("png", 160, 7, BufferedImage.TYPE_INT_ARGB))
                .orElseThrow();
        assertThat(read(thumbnail).getWidth()).isEqualTo(160);
        assertThat(read(thumbnail).getHeight()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif"})
    void what_is_cut_off_or_garbled_anywhere_does_no_harm(String format) throws Exception {
        byte[] whole = picture(format, 40, 40, BufferedImage.TYPE_INT_RGB);
        for (int length = 0; length < whole.length; length += 3) {
            byte[] garbled = whole.clone();
            garbled[length] ^= (byte) 0xa5;
            thumbnails.of(garbled);
            thumbnails.of(Arrays.copyOf(whole, length));
        }
        assertThat(thumbnails.of(Arrays.copyOf(whole, 20))).isEmpty();
        byte[] noImage = {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0, 0, 0, 0x3b
        }; // the reader throws what nobody declares
        assertThat(thumbnails.of(noImage)).isEmpty();
        assertThat(thumbnails.of("<script>".getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @Test
    void a_few_bytes_that_unpack_to_a_picture_of_millions_of_pixels_have_no_thumbnail() throws Exception {
        byte[] bomb = picture("png", 6_000, 4_001, BufferedImage.TYPE_BYTE_BINARY);
        assertThat(bomb).hasSizeLessThan(20_000);
        assertThat(thumbnails.of(bomb)).isEmpty();
        assertThat(thumbnails.of(picture("png", 20_001, 1, BufferedImage.TYPE_BYTE_BINARY)))
                .isEmpty();
    }

    @Test
    void a_text_in_a_picture_is_not_unpacked() throws Exception {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(new byte[] {'x', 0, 0});
        try (DeflaterOutputStream packed = new DeflaterOutputStream(text)) {
            packed.write(new byte[64 << 20]);
        }
        byte[] picture = picture("png", 10, 10, BufferedImage.TYPE_BYTE_INDEXED);
        byte[] bomb = with(picture, AFTER_HEADER, chunk("zTXt", text.toByteArray()));
        thumbnails.of(picture); // what is loaded once
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(thumbnails.of(bomb)).isPresent();
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
    }

    private static byte[] chunk(String type, byte[] data) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(chunk);
        out.writeInt(data.length);
        out.writeBytes(type);
        out.write(data);
        CRC32 sum = new CRC32();
        sum.update(chunk.toByteArray(), 4, data.length + 4);
        out.writeInt((int) sum.getValue());
        return chunk.toByteArray();
    }

    @Test
    void a_jpeg_of_more_passes_than_any_picture_takes_has_no_thumbnail() throws Exception {
        byte[] jpeg = picture("jpg", 10, 10, BufferedImage.TYPE_INT_RGB);
        assertThat(thumbnails.of(with(jpeg, 2, comment(99)))).isPresent();
        assertThat(thumbnails.of(with(jpeg, 2, comment(100)))).isEmpty();
    }

    /** A comment in which the mark of a pass stands so many times. */
    private static byte[] comment(int marks) {
        byte[] comment = new byte[4 + 2 * marks];
        comment[0] = (byte) 0xff;
        comment[1] = (byte) 0xfe;
        comment[3] = (byte) (2 + 2 * marks);
        for (int i = 4; i < comment.length; i += 2) {
            comment[i] = (byte) 0xff;
            comment[i + 1] = (byte) 0xda;
        }
        return comment;
    }
}
