package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes, and clients that come and go. Nodes are killed, paused beyond their beat, and cut off from Redis. What is right is known by
 * the clients alone: who is connected is who holds a connection that its node keeps.
 */
final class SimulatedCluster implements AutoCloseable {

    private static final Duration STEP = Duration.ofMillis(250);
    private static final Duration BEAT = Duration.ofSeconds(20);
    private static final int NODES = 3;
    private static final int USERS = 30;
    private static final List<String> DEVICES = List.of("phone", "desk|top", "täb");
    private static final List<ChosenStatus> CHOICES = List.of(
            ChosenStatus.of(PresenceStatus.AWAY),
            ChosenStatus.of(PresenceStatus.DO_NOT_DISTURB).withText("in a meeting | 50 %"),
            ChosenStatus.of(PresenceStatus.INVISIBLE),
            ChosenStatus.text("hello"));

    private final Random random;
    private final String prefix = StartedRedis.freshPrefix();
    private final TestClock world = new TestClock(SteppedNode.START);
    private final List<Member> members = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<Old> old = new ArrayList<>();
    private final Map<String, @Nullable ChosenStatus> chosen = new TreeMap<>();
    private final Map<String, Member> chosenOn = new HashMap<>();
    private final Set<String> uncertain = new TreeSet<>(); // whose choice may have died with a node
    private final Map<String, Integer> happened = new TreeMap<>();
    private final List<String> wentBack = new ArrayList<>();
    private int started;

    /** A node, as long as it lives. */
    private static final class Member {

        final SteppedNode node;
        final Mirror mirror = new Mirror();
        final Map<String, Long> versions = new HashMap<>(); // as they were asked for
        boolean isDead;

        @Nullable Instant pausedUntil;

        Member(SteppedNode node) {
            this.node = node;
            node.tracker.all().subscribe(mirror);
        }

        boolean runs() {
            return !isDead && pausedUntil == null;
        }
    }

    /** A device of a user, connected or not. */
    private static final class Client {

        final String user;
        final String device;

        @Nullable PresenceSession session;

        @Nullable Member on;

        Instant connectedAt = Instant.MIN;

        Client(String user, String device) {
            this.user = user;
            this.device = device;
        }
    }

    /** A connection that nobody holds any more, and whose end is still to come. */
    private record Old(PresenceSession session, Member on) {}

    SimulatedCluster(long seed) {
        random = new Random(seed);
        for (int i = 0; i < NODES; i++) {
            members.add(start("node-" + i));
        }
        for (int user = 0; user < USERS; user++) {
            for (String device : DEVICES) {
                clients.add(new Client("user-" + user, device));
            }
        }
    }

    private Member start(String name) {
        started++;
        Duration skew = Duration.ofMillis(random.nextInt(6_000) - 3_000);
        return new Member(new SteppedNode(
                prefix,
                name,
                world,
                skew,
                builder -> builder.settings(settings -> settings.choices(1_000, Duration.ZERO))));
    }

    Map<String, Integer> happened() {
        return happened;
    }

    private void count(String what) {
        happened.merge(what, 1, Integer::sum);
    }

    private boolean oneIn(int many) {
        return random.nextInt(many) == 0;
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Lets time pass for all that run. */
    private void step(boolean quiet) {
        world.advance(STEP);
        for (Member member : members) {
            Instant until = member.pausedUntil;
            if (until != null && !until.isAfter(world.instant())) {
                member.pausedUntil = null;
                // All that it slept through is due at once.
                member.node.clock.set(world.instant().minus(STEP).plus(member.node.skew));
            }
            if (member.runs()) {
                member.node.scheduler.advance(STEP);
            }
        }
        boolean all = (world.instant().toEpochMilli() - SteppedNode.START.toEpochMilli()) % BEAT.toMillis() == 0;
        for (Client client : clients) {
            PresenceSession session = client.session;
            if (all && session != null) {
                beat(client, session, quiet);
            }
        }
        lookAtVersions();
    }

    private void beat(Client client, PresenceSession session, boolean quiet) {
        Member on = Objects.requireNonNull(client.on);
        boolean isActive = quiet || oneIn(3);
        if (on.isDead) {
            client.session = null;
        } else if (!on.runs()) {
            if (oneIn(4)) { // it waits no longer
                move(client);
            }
        } else if (!(isActive ? session.active() : session.heartbeat())) {
            count("turned away");
            client.session = null;
            connect(client);
        }
    }

    private void lookAtVersions() {
        Member member = any(members);
        if (!member.runs()) {
            return;
        }
        String user = any(clients).user;
        Presence seen = member.node.tracker.presenceOf(user);
        long before = member.versions.getOrDefault(user, 0L);
        if (seen.version() < before) {
            wentBack.add(member.node.name + ": from " + before + " to " + seen);
        }
        member.versions.put(user, seen.version());
    }

    private void connect(Client client) {
        List<Member> running = members.stream().filter(Member::runs).toList();
        if (!running.isEmpty() && client.connectedAt.isBefore(world.instant())) { // not twice at the same time
            Member on = any(running);
            client.connectedAt = world.instant();
            client.session = on.node.tracker.connect(client.user, client.device);
            client.on = on;
            count("connect");
        }
    }

    private void move(Client client) {
        if (client.session != null) {
            old.add(new Old(client.session, Objects.requireNonNull(client.on)));
            client.session = null;
        }
        connect(client);
    }

    /** Random things happen. */
    void disturb(Duration time) {
        Instant end = world.instant().plus(time);
        while (world.instant().isBefore(end)) {
            for (int i = random.nextInt(3); i > 0; i--) {
                disturb(any(clients));
            }
            if (oneIn(80)) {
                disturb(random.nextInt(members.size()));
            }
            if (!old.isEmpty() && oneIn(8)) {
                end(old.remove(random.nextInt(old.size())));
            }
            step(false);
        }
    }

    private void end(Old late) {
        if (late.on.runs()) {
            count("late end");
            if (oneIn(2)) {
                late.session.close();
            } else {
                late.session.lost();
            }
        }
    }

    private void disturb(Client client) {
        PresenceSession session = client.session;
        int what = random.nextInt(20);
        if (what == 0) {
            choose(client.user);
        } else if (session == null) {
            if (what < 8) {
                connect(client);
            }
        } else if (what < 4) {
            move(client);
        } else if (what < 6 && Objects.requireNonNull(client.on).runs()) {
            session.close();
            client.session = null;
            count("close");
        } else if (what < 8 && Objects.requireNonNull(client.on).runs()) {
            session.lost();
            client.session = null;
            count("lost");
        } else if (what < 9) {
            client.session = null;
            count("vanish");
        }
    }

    private void choose(String user) {
        List<Member> running = members.stream().filter(Member::runs).toList();
        if (running.isEmpty()) {
            return;
        }
        Member on = any(running);
        ChosenStatus choice = oneIn(3) ? null : any(CHOICES);
        if (choice == null) {
            on.node.tracker.chooseNothing(user);
        } else {
            on.node.tracker.choose(user, choice);
        }
        chosen.put(user, choice);
        chosenOn.put(user, on);
        uncertain.remove(user);
        count("choose");
        step(false); // two choices of a user are not made at the same time
    }

    private void disturb(int index) {
        Member member = members.get(index);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                if (member.node.proxy.isCut()) {
                    member.node.proxy.heal();
                } else {
                    member.node.proxy.cut();
                    count("cut");
                }
            }
            case 2 -> member.node.proxy.heal();
            case 3, 4 -> {
                if (member.runs()) {
                    member.pausedUntil = world.instant().plusSeconds(10 + random.nextInt(oneIn(2) ? 390 : 30));
                    count("pause");
                }
            }
            default -> {
                if (member.isDead) {
                    members.set(index, start(oneIn(2) ? member.node.name : "node-" + started));
                    count("start");
                } else {
                    member.isDead = true;
                    member.pausedUntil = null;
                    member.node.kill();
                    chosenOn.forEach((user, on) -> {
                        if (on == member) {
                            uncertain.add(user);
                        }
                    });
                    count("kill");
                }
            }
        }
    }

    /** Nodes run and reach Redis again; those that are dead stay dead, but for one that lives. */
    void heal() {
        if (members.stream().allMatch(member -> member.isDead)) {
            members.set(0, start("node-" + started));
        }
        for (Member member : members) {
            member.node.proxy.heal();
            if (member.pausedUntil != null) {
                member.pausedUntil = world.instant();
            }
        }
        step(true);
        for (String user : Set.copyOf(uncertain)) {
            ChosenStatus again = chosen.get(user);
            Member on = any(members.stream().filter(Member::runs).toList());
            if (again == null) {
                on.node.tracker.chooseNothing(user);
            } else {
                on.node.tracker.choose(user, again);
            }
            chosenOn.put(user, on);
            uncertain.remove(user);
        }
    }

    /** Lets it be quiet for the longest that anything takes: until a node is gone, swept, and sessions have timed out. */
    void settle() {
        Instant end = world.instant().plus(Duration.ofMinutes(5 + 1 + 1));
        while (world.instant().isBefore(end)) {
            step(true);
        }
    }

    /** What is not as it should be. */
    List<String> wrongs() {
        List<String> wrongs = new ArrayList<>(wentBack);
        Map<String, Integer> connected = new TreeMap<>();
        for (Client client : clients) {
            connected.merge(client.user, client.session == null ? 0 : 1, Integer::sum);
        }
        List<Member> alive = members.stream().filter(Member::runs).toList();
        for (Member member : alive) {
            Map<String, String> right = new TreeMap<>();
            connected.forEach((user, devices) -> {
                String line = line(user, devices);
                Presence seen = member.node.tracker.presenceOf(user);
                String shown =
                        seen.status() + " " + seen.devices() + " " + seen.text().orElse("");
                if (!shown.equals(line)) {
                    wrongs.add(member.node.name + ": " + user + " is shown " + shown + " and is " + line);
                }
                if (seen.isOnline()) {
                    right.put(user, seen.status() + " " + seen.devices());
                }
            });
            if (!right.equals(member.mirror.online())) {
                wrongs.add(member.node.name + ": was told " + member.mirror.online() + " and shows " + right);
            }
            wrongs.addAll(member.mirror.wentBack());
            if (member.node.tracker.standing().waiting() > 0) {
                wrongs.add(member.node.name + ": has something to say still");
            }
        }
        for (String user : connected.keySet()) {
            Set<String> views = new HashSet<>();
            for (Member member : alive) {
                Presence seen = member.node.tracker.presenceOf(user);
                views.add(seen.status() + " " + seen.devices() + " " + seen.text() + " " + seen.version() + " "
                        + (seen.isOnline() ? seen.since() : ""));
            }
            if (views.size() != 1) {
                wrongs.add(user + " is seen differently: " + views);
            }
        }
        return wrongs;
    }

    private String line(String user, int devices) {
        ChosenStatus choice = chosen.get(user);
        PresenceStatus status =
                choice == null ? PresenceStatus.ONLINE : choice.status().orElse(PresenceStatus.ONLINE);
        if (devices == 0 || status == PresenceStatus.INVISIBLE) {
            return "OFFLINE 0 ";
        }
        return status + " " + devices + " "
                + (choice == null ? "" : choice.text().orElse(""));
    }

    @Override
    public void close() {
        members.stream().filter(member -> !member.isDead).forEach(member -> member.node.close());
    }
}
