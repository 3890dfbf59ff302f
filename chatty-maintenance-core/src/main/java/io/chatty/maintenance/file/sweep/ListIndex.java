package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.order.ByteOrder;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is known of a list that was read once, and is whole and in order. Immutable. */
final class ListIndex {

    /** Of so many bytes of the list one name is known. */
    private static final int BLOCK = 64 * 1024;

    private static final Pattern COMPLETE = Pattern.compile("# complete ([0-9]{1,18})");

    private final String what;
    private final String identity;
    private final List<Block> blocks;
    private final long end;
    private final long lines;

    private record Block(String first, long offset, long linesBefore) {}

    private ListIndex(String what, String identity, List<Block> blocks, long end, long lines) {
        this.what = what;
        this.identity = identity;
        this.blocks = List.copyOf(blocks);
        this.end = end;
        this.lines = lines;
    }

    /** What a file can be told from another by, which comes in its place or is made of it. */
    private static String identity(Path path) throws IOException {
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
        return found.size() + "/" + found.lastModifiedTime().toInstant() + "/" + found.fileKey();
    }

    /** Reads a list; refuses one that is not whole or not in order. */
    static ListIndex read(Path path, OptionalLong lines, String what) throws IOException {
        String identity = identity(path);
        ListIndex index;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            index = read(channel, identity, lines, what);
        }
        index.checkUnchanged(path);
        return index;
    }

    private static ListIndex read(FileChannel channel, String identity, OptionalLong expected, String what)
            throws IOException {
        long size = channel.size();
        ListLines lines = new ListLines(channel, 0, size, 0);
        List<Block> blocks = new ArrayList<>();
        long nextBlock = 0;
        byte[] last = new byte[0];
        int lastLength = 0;
        long end = 0;
        while (lines.advance()) {
            if (expected.isEmpty() && lines.offset() == size) {
                Matcher complete = COMPLETE.matcher(lines.text());
                if (complete.matches()) {
                    checkCount(what, lines.number() - 1, Long.parseLong(complete.group(1)));
                    return new ListIndex(what, identity, blocks, end, lines.number() - 1);
                }
            }
            check(what, lines);
            if (lines.compareTo(last, lastLength) < 0) {
                throw new MaintenanceException(what + ": line " + lines.number() + ", " + shown(lines.text())
                        + ", comes after " + shown(new String(last, 0, lastLength, StandardCharsets.UTF_8))
                        + ", out of order; sort it as LC_ALL=C sort does. Nothing is moved");
            }
            if (end >= nextBlock) {
                blocks.add(new Block(lines.text(), end, lines.number() - 1));
                nextBlock = end + BLOCK;
            }
            last = lines.copyTo(last);
            lastLength = lines.length();
            end = lines.offset();
        }
        if (lines.rest() > 0) {
            throw new MaintenanceException(
                    what + ": line " + (lines.number() + 1)
                            + " is cut off, it does not end with a line feed within 64 KiB; write the list anew. Nothing is moved");
        }
        if (expected.isEmpty()) {
            throw new MaintenanceException(what + ": the last line, number " + lines.number()
                    + ", is not \"# complete\" and the number of names before it, so the list may be cut off; write"
                    + " that line, or give the number. Nothing is moved");
        }
        checkCount(what, lines.number(), expected.getAsLong());
        return new ListIndex(what, identity, blocks, end, lines.number());
    }

    private static void check(String what, ListLines lines) {
        if (lines.length() == 0) {
            throw new MaintenanceException(
                    what + ": line " + lines.number() + " is empty; write one name a line. Nothing is moved");
        }
        if (lines.last() == '\r') {
            throw new MaintenanceException(what + ": line " + lines.number()
                    + " ends with a carriage return; end lines with a line feed alone. Nothing is moved");
        }
        if (lines.hasOtherThanAscii()) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(lines.bytes()));
            } catch (CharacterCodingException e) {
                throw new MaintenanceException(
                        what + ": line " + lines.number() + ", " + shown(lines.text())
                                + ", is not UTF-8; write the list in UTF-8. Nothing is moved",
                        e);
            }
        }
    }

    private static String shown(String name) {
        return "\"" + (name.length() > 200 ? name.substring(0, 200) + "…" : name) + "\"";
    }

    private static void checkCount(String what, long lines, long expected) {
        if (lines != expected) {
            throw new MaintenanceException(what + ": " + lines + " names are in it, where there should be " + expected
                    + "; it is not whole. Write it anew. Nothing is moved");
        }
    }

    boolean isChanged(Path path) throws IOException {
        return !identity.equals(identity(path));
    }

    /** Refuses what was read of a list that has changed meanwhile. */
    void checkUnchanged(Path path) throws IOException {
        if (isChanged(path)) {
            throw changed();
        }
    }

    private MaintenanceException changed() {
        return new MaintenanceException(what + ": it has changed while it was read, so what was read is not all of one"
                + " list; write a new one beside it and rename it, between two runs. Nothing is moved");
    }

    /** How many names are in the list. */
    long lines() {
        return lines;
    }

    /** The lines from a place on at which all that is behind a name is still to come. */
    ListLines from(FileChannel channel, String name) {
        int block = blockOf(name);
        return block < 0 ? new ListLines(channel, 0, end, 0) : from(channel, blocks.get(block));
    }

    private ListLines from(FileChannel channel, Block block) {
        return new ListLines(channel, block.offset(), end, block.linesBefore());
    }

    /** Up to where in the list all names are before that one, or are that one. */
    long before(String name) {
        int block = blockOf(name);
        return block < 0 ? 0 : blocks.get(block).offset();
    }

    /** The last block that begins with that name or one before it; -1 if there is none. */
    private int blockOf(String name) {
        int low = 0;
        int high = blocks.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (ByteOrder.compare(blocks.get(middle).first(), name) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** The lines from a cursor on. */
    ListLines at(FileChannel channel, Optional<Cursor> position) {
        if (position.isEmpty()) {
            return new ListLines(channel, 0, end, 0);
        }
        String[] words = position.get().text().split(" ", 3);
        if (!words[2].equals(identity)) {
            throw changed();
        }
        return new ListLines(channel, Long.parseLong(words[0]), end, Long.parseLong(words[1]));
    }

    /** Where these lines are. */
    Cursor cursor(ListLines lines) {
        return new Cursor(lines.offset() + " " + lines.number() + " " + identity);
    }
}
