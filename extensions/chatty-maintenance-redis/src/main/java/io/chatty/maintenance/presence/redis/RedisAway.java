package io.chatty.maintenance.presence.redis;

/** Redis does not answer, or not as it should. What was asked for may have been done or not. */
final class RedisAway extends Exception {

    private static final long serialVersionUID = 1;

    RedisAway(String message) {
        super(message);
    }

    RedisAway(Throwable cause) {
        super(String.valueOf(cause.getMessage()), cause);
    }
}
