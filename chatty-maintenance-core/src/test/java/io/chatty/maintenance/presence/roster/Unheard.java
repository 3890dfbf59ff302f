package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.Presence;

/** A test of a roster to which nobody listens. */
abstract class Unheard implements RosterListener {

    @Override
    public boolean isWanted() {
        return false;
    }

    @Override
    public void shown(int of, Presence before, Presence now) {
        // nobody listens
    }
}
