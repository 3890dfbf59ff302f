package io.chatty.maintenance.examples.chat.server;

import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.examples.chat.files.FileKind;
import io.chatty.maintenance.file.FileNames;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Uploads over HTTP. */
final class FileRoutes {

    /** How large an upload may be, in bytes. */
    static final int LARGEST = 5 * 1024 * 1024;

    private final Conversations conversations;
    private final LiveRooms live;
    private final Uploads uploads;

    FileRoutes(Conversations conversations, LiveRooms live, Uploads uploads) {
        this.conversations = conversations;
        this.live = live;
        this.uploads = uploads;
    }

    /** Takes a file, and posts it as a message: the file first, then its row, so that no row ever lacks its file. */
    void upload(Context context) throws IOException, SQLException {
        String text = context.queryParam("text");
        LiveRooms.Member sender =
                live.member(context.queryParam("room"), context.queryParam("user"), text == null ? "" : text);
        Uploads.Kept kept = uploads.keep(content(context));
        Conversations.Message message =
                conversations.post(sender.room(), sender.user(), text == null ? "" : text, List.of(kept));
        live.tell(message);
        context.status(201).json(message);
    }

    private static byte[] content(Context context) throws IOException {
        try (InputStream body = context.bodyInputStream()) {
            byte[] content = body.readNBytes(LARGEST + 1); // what the length says need not be so, nor be said at all
            if (content.length > LARGEST) {
                body.readNBytes(LARGEST); // a sender that is cut off at once hears of a broken connection alone
                throw new ContentTooLargeResponse("body: more than the " + LARGEST + " bytes given that are allowed");
            }
            if (content.length == 0) {
                throw new BadRequestResponse("body: nothing given; a file of 1 to " + LARGEST + " bytes allowed");
            }
            return content;
        }
    }

    /** Gives a file of a message that lives, or its thumbnail; no other, wherever its name leads. */
    void download(Context context) throws IOException, SQLException {
        String path = context.pathParam("path");
        @Nullable InputStream file = isShown(path) ? uploads.open(path) : null;
        if (file == null) {
            throw new NotFoundResponse("file: there is none of that name");
        }
        BufferedInputStream content = new BufferedInputStream(file);
        content.mark(FileKind.FIRST_BYTES);
        FileKind kind = FileKind.of(content.readNBytes(FileKind.FIRST_BYTES));
        content.reset();
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Content-Security-Policy", "default-src 'none'; sandbox");
        if (!kind.isPicture()) {
            context.header("Content-Disposition", "attachment");
        }
        context.contentType(kind.contentType()).result(content);
    }

    private boolean isShown(String path) throws SQLException {
        try {
            FileNames.check(path);
        } catch (IllegalArgumentException e) {
            return false;
        }
        List<String> originals = ChatFiles.originalsOf(path);
        return conversations.isAttached(originals.isEmpty() ? path : originals.get(0));
    }
}
