package io.chatty.maintenance.presence.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The way from one node to Redis, which a test can cut. */
final class CutProxy implements AutoCloseable {

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> open = new HashSet<>(); // guarded by this
    private boolean cut; // guarded by this
    private boolean held; // guarded by this

    CutProxy(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        begin(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private static void begin(Runnable work) {
        Thread thread = new Thread(work, "cut-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                from.setTcpNoDelay(true);
                Socket to = take(from);
                if (to != null) {
                    begin(() -> pump(from, to));
                    begin(() -> pump(to, from));
                }
            } catch (IOException e) {
                // closed, or Redis refused: the node sees that
            }
        }
    }

    private synchronized @Nullable Socket take(Socket from) throws IOException {
        if (cut) {
            from.close();
            return null;
        }
        Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
        to.setTcpNoDelay(true);
        open.add(from);
        open.add(to);
        return to;
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            int read = in.read(buffer);
            while (read >= 0) {
                awaitLetGo();
                out.write(buffer, 0, read);
                read = in.read(buffer);
            }
        } catch (IOException e) {
            // cut
        }
    }

    private synchronized void awaitLetGo() throws IOException {
        try {
            while (held) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Connections stand, and begin, but nothing comes through; for good. */
    synchronized void hold() {
        held = true;
    }

    /** Ends all connections, and lets none begin. */
    synchronized void cut() {
        cut = true;
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        open.clear();
    }

    synchronized void heal() {
        cut = false;
    }

    synchronized boolean isCut() {
        return cut;
    }

    @Override
    public void close() {
        cut();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
