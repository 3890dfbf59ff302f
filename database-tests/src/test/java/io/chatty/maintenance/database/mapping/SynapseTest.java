package io.chatty.maintenance.database.mapping;

import static io.chatty.maintenance.database.schema.CleanedTables.NOW;
import static java.time.Duration.ofDays;

import io.chatty.maintenance.database.schema.CleanedTables;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.retention.RetentionPolicies;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The mapping for Synapse against what its own rules say, in plain SQL. */
final class SynapseTest {

    private static final String TABLES = """
            CREATE TABLE events (topological_ordering BIGINT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL,
              room_id TEXT NOT NULL, content TEXT, unrecognized_keys TEXT, processed BOOL NOT NULL, outlier BOOL NOT NULL,
              depth BIGINT NOT NULL DEFAULT 0, origin_server_ts BIGINT, received_ts BIGINT, sender TEXT, contains_url BOOLEAN,
              instance_name TEXT, stream_ordering BIGINT NOT NULL, state_key TEXT, rejection_reason TEXT, UNIQUE (event_id));
            CREATE UNIQUE INDEX events_stream_ordering ON events (stream_ordering);
            CREATE INDEX events_order_room ON events (room_id, topological_ordering, stream_ordering);
            CREATE INDEX events_room_stream ON events (room_id, stream_ordering);
            CREATE INDEX events_ts ON events (origin_server_ts, stream_ordering);
            CREATE TABLE event_json (event_id TEXT NOT NULL UNIQUE, room_id TEXT NOT NULL, internal_metadata TEXT NOT NULL,
              json TEXT NOT NULL, format_version INTEGER);
            CREATE TABLE state_events (event_id TEXT NOT NULL UNIQUE, room_id TEXT NOT NULL, type TEXT NOT NULL,
              state_key TEXT NOT NULL, prev_state TEXT);
            CREATE TABLE event_forward_extremities (event_id TEXT NOT NULL, room_id TEXT NOT NULL, UNIQUE (event_id, room_id));
            CREATE TABLE redactions (event_id TEXT NOT NULL UNIQUE, redacts TEXT NOT NULL, have_censored BOOL NOT NULL DEFAULT
              FALSE, received_ts BIGINT, recheck BOOLEAN NOT NULL DEFAULT TRUE);
            CREATE INDEX redactions_redacts ON redactions (redacts);
            CREATE INDEX redactions_have_censored_ts ON redactions (received_ts) WHERE NOT have_censored;
            CREATE TABLE event_relations (event_id TEXT NOT NULL, relates_to_id TEXT NOT NULL, relation_type TEXT NOT NULL,
              aggregation_key TEXT);
            CREATE UNIQUE INDEX event_relations_id ON event_relations (event_id);
            CREATE TABLE event_edges (event_id TEXT NOT NULL REFERENCES events (event_id), prev_event_id TEXT NOT NULL,
              room_id TEXT, is_state BOOL NOT NULL DEFAULT FALSE);
            CREATE UNIQUE INDEX event_edges_id ON event_edges (event_id, prev_event_id);
            CREATE TABLE event_search (event_id TEXT, room_id TEXT, sender TEXT, key TEXT, vector TSVECTOR, origin_server_ts
              BIGINT, stream_ordering BIGINT);
            CREATE UNIQUE INDEX event_search_id ON event_search (event_id);
            CREATE TABLE event_to_state_groups (event_id TEXT NOT NULL UNIQUE, state_group BIGINT NOT NULL);
            CREATE TABLE threads (room_id TEXT NOT NULL, thread_id TEXT NOT NULL UNIQUE, latest_event_id TEXT NOT NULL,
              topological_ordering BIGINT NOT NULL, stream_ordering BIGINT NOT NULL);
            CREATE TABLE room_memberships (event_id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, sender TEXT NOT NULL,
              room_id TEXT NOT NULL, membership TEXT NOT NULL, event_stream_ordering BIGINT REFERENCES events (stream_ordering));
            CREATE TABLE room_retention (room_id TEXT, event_id TEXT, min_lifetime BIGINT, max_lifetime BIGINT,
              PRIMARY KEY (room_id, event_id));
            CREATE INDEX room_retention_max ON room_retention (max_lifetime)""";

    private static final long DAY = 86_400_000L;

    @Test
    void events_go_by_their_rooms_lifetime_between_the_least_and_the_most_that_is_allowed() throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.POSTGRESQL).batchesOf(100)) {
            host.execute(TABLES.split(";", -1));
            // a day, which is less than allowed; 50 days; a year, which is more than allowed; none of its own
            host.execute("INSERT INTO room_retention VALUES ('!r1:x', '$p1', NULL, " + DAY + "), ('!r2:x', '$p2', "
                    + DAY
                    + ", " + 50 * DAY + "), ('!r3:x', '$p3', NULL, " + 365 * DAY + "), ('!r4:x', '$p4', " + 900 * DAY
                    + ", NULL)");
            fill(host, new Random(13));
            long now = NOW.toEpochMilli();
            // a redaction's grace of seven days is the host's own wish: Synapse censors then
            host.execute("CREATE TABLE due AS SELECT e.event_id AS id, e.stream_ordering FROM events e"
                    + " LEFT JOIN room_retention r ON r.room_id = e.room_id"
                    + " WHERE e.event_id NOT IN (SELECT event_id FROM state_events)"
                    + " AND e.event_id NOT IN (SELECT event_id FROM event_forward_extremities)"
                    + " AND (COALESCE(NULLIF(e.received_ts, 0), e.origin_server_ts) < " + now
                    + " - LEAST(GREATEST(COALESCE(r.max_lifetime, " + 90 * DAY + "), " + 3 * DAY + "), " + 120 * DAY
                    + ")"
                    + " OR e.event_id IN (SELECT redacts FROM redactions WHERE received_ts < " + (now - 7 * DAY)
                    + "))");
            RetentionPolicies policies;
            try (Connection connection = host.database.dataSource().getConnection()) {
                policies = SynapseMapping.policies(connection, ofDays(90), ofDays(3), ofDays(120));
            }
            String left = "event_id NOT IN (SELECT id FROM due)";
            Survivors survivors = new Survivors(host)
                    .of("SELECT event_id FROM events", left)
                    .of("SELECT event_id FROM event_json", left)
                    .of("SELECT event_id FROM redactions", "redacts NOT IN (SELECT id FROM due)")
                    .of("SELECT event_id FROM event_relations", left)
                    .of("SELECT event_id FROM event_edges", left)
                    .of("SELECT event_id FROM event_search", left)
                    .of("SELECT event_id FROM event_to_state_groups", left)
                    .of("SELECT thread_id FROM threads", "thread_id NOT IN (SELECT id FROM due)")
                    .all("SELECT event_id FROM state_events", "SELECT event_id FROM state_events")
                    .of(
                            "SELECT event_id FROM room_memberships",
                            "event_stream_ordering NOT IN (SELECT stream_ordering FROM due)");
            host.clean(SynapseMapping.events(), policies, c -> c.softDeleteGrace(ofDays(7)));
            survivors.check();
        }
    }

    private static void fill(CleanedTables host, Random random) throws Exception {
        long now = NOW.toEpochMilli();
        List<String> events = new ArrayList<>();
        List<String> json = new ArrayList<>();
        List<String> state = new ArrayList<>();
        List<String> last = new ArrayList<>();
        List<String> redactions = new ArrayList<>();
        List<String> relations = new ArrayList<>();
        List<String> edges = new ArrayList<>();
        List<String> search = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        List<String> threads = new ArrayList<>();
        List<String> memberships = new ArrayList<>();
        for (int i = 1; i <= 3000; i++) {
            String id = "'$" + Long.toString(random.nextLong() >>> 1, 36) + "'";
            String room = "'!r" + (1 + random.nextInt(6)) + ":x'";
            long at = now - random.nextInt(400) * DAY / 2 - random.nextInt(10_000);
            String received = random.nextInt(10) == 0 ? (random.nextBoolean() ? "NULL" : "0") : "" + at;
            boolean isState = random.nextInt(10) == 0;
            String key = isState ? (random.nextBoolean() ? "''" : "'@u:x'") : "NULL";
            // the sender's clock may tell anything where the server's own tells the time
            long sent = received.equals("" + at) ? now - random.nextInt(400) * DAY : at;
            events.add(String.format(
                    "%d, %s, 'm.room.message', %s, NULL, NULL, TRUE, FALSE, %d, %d, %s, '@u:x', FALSE, 'master', %d, %s, NULL",
                    i, id, room, i, sent, received, i, key));
            json.add(id + ", " + room + ", '{}', '{}', 3");
            edges.add(id + ", '$prev', NULL, FALSE");
            search.add(id + ", " + room + ", '@u:x', 'content.body', NULL, 0, " + i);
            groups.add(id + ", 1");
            if (isState) {
                state.add(id + ", " + room + ", 'm.room.name', " + key + ", NULL");
            }
            if (random.nextInt(100) == 0) {
                last.add(id + ", " + room);
            }
            if (random.nextInt(8) == 0) {
                String redacts = events.get(random.nextInt(events.size())).split(", ", -1)[1];
                redactions.add(id + ", " + redacts + ", FALSE, "
                        + (random.nextInt(9) == 0 ? "NULL" : "" + (now - random.nextInt(14) * DAY)) + ", FALSE");
            }
            if (random.nextInt(4) == 0) {
                relations.add(id + ", '$root', 'm.thread', NULL");
            }
            if (random.nextInt(20) == 0) {
                threads.add(room + ", " + id + ", '$x', 1, 1");
            }
            if (random.nextInt(20) == 0) {
                memberships.add(id + ", '@u:x', '@u:x', " + room + ", 'join', " + i);
            }
        }
        host.insert("events", events);
        host.insert("event_json", json);
        host.insert("state_events", state);
        host.insert("event_forward_extremities", last);
        host.insert("redactions", redactions);
        host.insert("event_relations", relations);
        host.insert("event_edges", edges);
        host.insert("event_search", search);
        host.insert("event_to_state_groups", groups);
        host.insert("threads", threads);
        host.insert("room_memberships", memberships);
    }
}
