package io.chatty.maintenance.examples.chat.storage;

/** Something went wrong that the person at the terminal can understand by its message alone. */
public final class ChatServerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** With a message that says what happened and what to do. */
    public ChatServerException(String message) {
        super(message);
    }

    /** With a message that says what happened and what to do, and its cause. */
    public ChatServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
