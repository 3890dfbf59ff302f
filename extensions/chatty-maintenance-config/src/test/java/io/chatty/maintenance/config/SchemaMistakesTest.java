package io.chatty.maintenance.config;

import static io.chatty.maintenance.config.Mistake.CLEANUP;
import static io.chatty.maintenance.config.Mistake.CONDITIONS;
import static io.chatty.maintenance.config.Mistake.mistake;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes that people make when they describe their tables. */
class SchemaMistakesTest {

    static Stream<Mistake> mistakes() {
        return Stream.of(messages(), conditions(), around()).flatMap(part -> part);
    }

    private static Stream<Mistake> messages() {
        return Stream.of(
                mistake(
                        "schema.messages.key = []",
                        "schema.messages.key: a list of 0 given, allowed is the name of a column, or a list of such names with at least one in it"),
                mistake(
                        "schema.messages.key = [id, id]",
                        "schema.messages.key: a list of 2 given, allowed is the name of a column, or a list of such names, each of them once, but not id, id"),
                mistake(
                        "schema.messages.key = [id, [nr]]",
                        "schema.messages.key: a list of 2 given, allowed is the name of a column, or a list of such names, each a text"),
                mistake(
                        "schema.messages { key = id, shared-key = [id, nr] }",
                        "schema.messages.shared-key: a list of 2 given, but schema.messages.key is set, too; leave one of the two away"),
                mistake(
                        "schema.messages { key = id, or-else-sent-at = made }",
                        "schema.messages.sent-at: missing; schema.messages.or-else-sent-at comes after it"),
                mistake(
                        "schema.messages { sent-at = a, or-else-sent-at = [made] }",
                        "schema.messages.or-else-sent-at[0]: \"made\" given, allowed is an object { … }"),
                mistake(
                        "schema.messages { room = a, room-through { column = b, table = c, key = d, room = e } }",
                        "schema.messages.room-through: an object {column, key, room, table} given, but schema.messages.room is set, too; leave one of the two away"),
                mistake(
                        "schema.messages.room-through { table = c, key = d, room = e }",
                        "schema.messages.room-through.column: missing; required is the message's column that leads to the room"),
                mistake(
                        "schema.messages.room-through { column = b, key = d, room = e }",
                        "schema.messages.room-through.table: missing; required is the table that says which room it is"),
                mistake(
                        "schema.messages.room-through { column = b, table = c, room = e }",
                        "schema.messages.room-through.key: missing; required is its unique column that is compared with column"),
                mistake(
                        "schema.messages.room-through { column = b, table = c, key = d }",
                        "schema.messages.room-through.room: missing; required is its column that holds the room's id"),
                mistake(
                        "schema.messages { soft-deleted-at = a, soft-deleted-by { table = b, refers-by = c, at = d } }",
                        "schema.messages.soft-deleted-by: an object {at, refers-by, table} given, but schema.messages.soft-deleted-at is set, too; leave one of the two away"),
                mistake(
                        "schema.messages { key = [id, nr], soft-deleted-by { table = b, refers-by = c, at = d } }",
                        "schema.messages.soft-deleted-by: an object {at, refers-by, table} given, which refers to messages by one column, but their key has several: id, nr; only soft-deleted-at is allowed with such a key"),
                mistake(
                        "schema.messages.soft-deleted-by { refers-by = c, at = d }",
                        "schema.messages.soft-deleted-by.table: missing; required is the table with a row for each deleted message"),
                mistake(
                        "schema.messages.soft-deleted-by { table = b, at = d }",
                        "schema.messages.soft-deleted-by.refers-by: missing; required is its column that holds the key of the deleted message"),
                mistake(
                        "schema.messages.soft-deleted-by { table = b, refers-by = c }",
                        "schema.messages.soft-deleted-by.at: missing; required is its column that tells when the message was deleted"),
                mistake(
                        "schema.messages { pinned = pinned, exempt.pinned.is-true = pin }",
                        "schema.messages.exempt.pinned: an object {is-true} given, but what else shields messages is called so, too; give one of them another name"),
                mistake(
                        "schema.messages { exempt.a.is-true = b, never.a.is-true = c }",
                        "schema.messages.never.a: an object {is-true} given, but what else shields messages is called so, too; give one of them another name"),
                mistake(
                        "schema.messages.exempt.\"a b\".is-true = c\n" + CLEANUP,
                        "schema.messages.exempt.\"a b\": an object {is-true} given, 1 to 50 letters, digits, '.', '_' and '-' are allowed"),
                mistake(
                        "schema.messages.files = { path = a }",
                        "schema.messages.files: an object {path} given, allowed is the name of a column, or a list of such names, each a text"),
                mistake(
                        "schema.messages.never = null",
                        "schema.messages.never: null given, allowed is { … } of conditions by their names; for none leave it out"),
                mistake(
                        "schema.messages.exempt = [pinned]",
                        "schema.messages.exempt: a list of 1 given, allowed is an object { … }"));
    }

    private static Stream<Mistake> conditions() {
        return Stream.of(
                mistake(
                        "schema.children = [{ table = a, column = b, where.has-row { table = c, column = d } }]",
                        "schema.children[0].where.has-row: an object {column, table} given, which is for conditions on messages; on rows of other tables the others are allowed"),
                mistake(
                        "schema.messages.room-through { column = b, table = c, key = d, room = e, where.not.room-has-row { table = c, column = d } }",
                        "schema.messages.room-through.where.not.room-has-row: an object {column, table} given, which is for conditions on messages; on rows of other tables the others are allowed"),
                mistake(
                        "schema.messages.never.a.has-row { table = c, column = d, where.all = [{ sender-has-row { table = c, column = d } }] }",
                        "schema.messages.never.a.has-row.where.all[0].sender-has-row: an object {column, table} given, which is for conditions on messages; on rows of other tables the others are allowed"),
                mistake(
                        "schema.messages.never.state = null",
                        "schema.messages.never.state: null given, allowed is { … } of exactly one of " + CONDITIONS
                                + "; for no condition leave it out"),
                mistake(
                        "schema.messages.never.state = state_key",
                        "schema.messages.never.state: \"state_key\" given, allowed is { … } of exactly one of "
                                + CONDITIONS + "; for no condition leave it out"),
                mistake(
                        "schema.messages.never.state {}",
                        "schema.messages.never.state: no condition given, exactly one of " + CONDITIONS
                                + " is required; for several together say all = [ … ]"),
                mistake(
                        "schema.messages.never.state { is-true = a, is-present = b }",
                        "schema.messages.never.state: is-true and is-present given, exactly one of " + CONDITIONS
                                + " is required; for several together say all = [ … ]"),
                mistake(
                        "schema.messages.never.state { is-tru = a }",
                        "schema.messages.never.state.is-tru: unknown; all, has-row, is-one-of, is-present, is-true, not, room-has-row, sender-has-row are allowed here; did you mean is-true?"),
                mistake(
                        "schema.messages.never.state.is-true = null",
                        "schema.messages.never.state: no condition given, exactly one of " + CONDITIONS
                                + " is required; for several together say all = [ … ]"),
                mistake(
                        "schema.messages.never.state.not = null",
                        "schema.messages.never.state: no condition given, exactly one of " + CONDITIONS
                                + " is required; for several together say all = [ … ]"),
                mistake(
                        "schema.messages.never.state.all = []",
                        "schema.messages.never.state.all: a list of 0 given, at least one condition is allowed"),
                mistake(
                        "schema.messages.never.state.all = [ a ]",
                        "schema.messages.never.state.all[0]: \"a\" given, allowed is an object { … }"),
                mistake(
                        "schema.messages.never.state.is-one-of { values = [1] }",
                        "schema.messages.never.state.is-one-of.column: missing; required is the column whose value is compared"),
                mistake(
                        "schema.messages.never.state.is-one-of { column = a }",
                        "schema.messages.never.state.is-one-of.values: missing; required is a list of texts or whole numbers"),
                mistake(
                        "schema.messages.never.state.is-one-of { column = a, values = [] }",
                        "schema.messages.never.state.is-one-of.values: a list of 0 given, at least one text or whole number is allowed"),
                mistake(
                        "schema.messages.never.state.is-one-of { column = a, values = b }",
                        "schema.messages.never.state.is-one-of.values: \"b\" given, allowed is a list [ … ]"),
                mistake(
                        "schema.messages.never.state.is-one-of { column = a, values = [true] }",
                        "schema.messages.never.state.is-one-of.values[0]: true given, allowed is a text in quotes, or a whole number such as 7; for a truth value say is-true, and for null not { is-present }"),
                mistake(
                        "schema.messages.never.state.is-one-of { column = a, values = [1.5] }",
                        "schema.messages.never.state.is-one-of.values[0]: 1.5 given, allowed is a text in quotes, or a whole number such as 7; for a truth value say is-true, and for null not { is-present }"),
                mistake(
                        "schema.messages.never.state.is-one-of { column = a, values = [007] }",
                        "schema.messages.never.state.is-one-of.values[0]: 007 given, allowed is a text in quotes, or a whole number such as 7; for a truth value say is-true, and for null not { is-present }"),
                mistake(
                        "schema.messages.never.state.is-one-of { column = a, values = [null] }",
                        "schema.messages.never.state.is-one-of.values[0]: null given, allowed is a text in quotes, or a whole number such as 7; for a truth value say is-true, and for null not { is-present }"),
                mistake(
                        "schema.messages.never.state.has-row { column = a }",
                        "schema.messages.never.state.has-row.table: missing; required is the other table"),
                mistake(
                        "schema.messages.never.state.room-has-row { table = a }",
                        "schema.messages.never.state.room-has-row.column: missing; required is the column in it that holds the key or id"),
                mistake(
                        "schema.messages.never.state.sender-has-row { table = a, column = b, where = null }",
                        "schema.messages.never.state.sender-has-row.where: null given, allowed is { … } of exactly one of "
                                + CONDITIONS + "; for no condition leave it out"));
    }

    private static Stream<Mistake> around() {
        return Stream.of(
                mistake(
                        "schema.children = [{ column = a }]",
                        "schema.children[0].table: missing; required is the table whose rows go with their message"),
                mistake(
                        "schema.children = [{ table = a }]",
                        "schema.children[0].column: missing; required is the column where the message's key stands"),
                mistake(
                        "schema.children = [{ table = a, column = b, refers-by = [b, c] }]",
                        "schema.children[0].refers-by: a list of 2 given, but schema.children[0].column is set, too; leave one of the two away"),
                mistake(
                        "schema.children = [{ table = a, column = b, where = null }]",
                        "schema.children[0].where: null given, allowed is { … } of exactly one of " + CONDITIONS
                                + "; for no condition leave it out"),
                mistake(
                        "schema.children = [{ table = a, column = b, files = c, set-loose = true }]",
                        "schema.children[0].files: \"c\" given, but set-loose = true, and rows that stay keep their files; leave one of the two away"),
                mistake(
                        "schema { messages.key = [a, b], children = [{ table = r, column = c }] }",
                        "schema.children[0].column: \"c\" given, but messages are known by a, b; as many columns are allowed, in that order: refers-by = [ … ]"),
                mistake(
                        "schema { messages.key = a, children = [{ table = r, refers-by = [c, d], to = e }] }",
                        "schema.children[0].refers-by: a list of 2 given, but messages are known by e (to); as many columns are allowed, in that order: refers-by = [ … ]"),
                mistake(
                        "schema.children = [{ table = a, column = b, set-loose = maybe }]",
                        "schema.children[0].set-loose: \"maybe\" given, allowed is true or false"),
                mistake(
                        "schema.shared = [{ key = a, through { table = b, refers-by = c, message-key = d } }]",
                        "schema.shared[0].table: missing; required is the table whose rows belong to several messages"),
                mistake(
                        "schema.shared = [{ table = a, through { table = b, refers-by = c, message-key = d } }]",
                        "schema.shared[0].key: missing; required is the column of its key"),
                mistake(
                        "schema.shared = [{ table = a, key = b }]",
                        "schema.shared[0].through: missing; required is the table of links: { table, refers-by, message-key }"),
                mistake(
                        "schema.shared = [{ table = a, key = b, through { refers-by = c, message-key = d } }]",
                        "schema.shared[0].through.table: missing; required is the table of links"),
                mistake(
                        "schema.shared = [{ table = a, key = b, through { table = b, message-key = d } }]",
                        "schema.shared[0].through.refers-by: missing; required is its column that holds the shared row's key"),
                mistake(
                        "schema.shared = [{ table = a, key = b, through { table = b, refers-by = c } }]",
                        "schema.shared[0].through.message-key: missing; required is its columns that hold the message's key"),
                mistake(
                        "schema { messages.key = [x, y], shared = [{ table = a, key = b, through { table = b, refers-by = c, message-key = d } }] }",
                        "schema.shared[0].through.message-key: \"d\" given, but the key of messages is x, y; as many columns are allowed, in that order"),
                mistake(
                        "schema.shared = [{ table = a, key = b, through { table = b, refers-by = c, message-key = d }, kept-by = [{ column = e }] }]",
                        "schema.shared[0].kept-by[0].table: missing; required is the other table"),
                mistake(
                        "schema.shared = [{ table = a, key = b, through { table = b, refers-by = c, message-key = d }, kept-by = [{ table = e }] }]",
                        "schema.shared[0].kept-by[0].column: missing; required is its column that holds the key"),
                mistake(
                        "schema.shared = [{ table = a, key = b, through { table = b, refers-by = c, message-key = d }, kept-by = [{ table = e, column = f }, { table = e, column = f }] }]",
                        "schema.shared[0].kept-by[1]: e.f is given twice; leave one of the two away"),
                mistake(
                        "schema.counters = [{ key = a, column = b, of = c }]",
                        "schema.counters[0].table: missing; required is the table of the counter"),
                mistake(
                        "schema.counters = [{ table = t, column = b, of = c }]",
                        "schema.counters[0].key: missing; required is the column of its key"),
                mistake(
                        "schema.counters = [{ table = t, key = a, of = c }]",
                        "schema.counters[0].column: missing; required is the column that counts"),
                mistake(
                        "schema.counters = [{ table = t, key = a, column = b }]",
                        "schema.counters[0].of: missing; required is the message's column that holds the key of the row that counts it"),
                mistake(
                        "schema.counters = [{ table = t, key = a, column = b, of = c, counted = null }]",
                        "schema.counters[0].counted: null given, allowed is { … } of exactly one of " + CONDITIONS
                                + "; for no condition leave it out"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_is_told_with_its_path_what_was_given_and_what_is_allowed(Mistake mistake) {
        mistake.check();
    }
}
