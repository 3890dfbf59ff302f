package io.chatty.maintenance.database.archive;

import io.chatty.maintenance.database.servers.TestServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Columns of all types of a server, each with values, as SQL, at the ends of what it can hold and at random. */
final class OddColumns {

    private static final int RANDOM = 12;

    private final List<Of> columns = new ArrayList<>();
    private final Random random;

    /** A column: how it is declared, and values for it. */
    record Of(String name, String declared, List<String> values) {}

    private OddColumns(Random random) {
        this.random = random;
    }

    static List<Of> of(TestServer server, Random random) {
        OddColumns odd = new OddColumns(random);
        switch (server) {
            case H2 -> odd.h2();
            case POSTGRESQL -> odd.postgresql();
            case MARIADB -> odd.mariadb();
        }
        return odd.columns;
    }

    /** Adds a column, which may be NULL. */
    private void add(String declared, String... values) {
        columns.add(new Of("c" + columns.size(), declared, List.of(values)));
    }

    private void add(String declared, Supplier<String> any, String... values) {
        columns.add(new Of(
                "c" + columns.size(),
                declared,
                Stream.concat(Stream.of(values), Stream.generate(any).limit(RANDOM))
                        .toList()));
    }

    private String integer(int bits, boolean signed) {
        BigInteger any = new BigInteger(bits - (signed ? 1 : 0), random);
        return (signed && random.nextBoolean() ? any.negate() : any).toString();
    }

    private String decimal(int digits, int scale) {
        BigInteger any = new BigInteger(1 + random.nextInt((int) (digits * 3.3)), random);
        return (random.nextBoolean() ? "-" : "") + new BigDecimal(any, scale).toPlainString();
    }

    private String real() {
        float any = Float.intBitsToFloat(random.nextInt());
        return Float.isFinite(any) && Math.abs(any) >= Float.MIN_NORMAL ? Float.toString(any) : "0.1";
    }

    private String doubles() {
        double any = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(any) && Math.abs(any) >= Double.MIN_NORMAL ? Double.toString(any) : "0.1";
    }

    private static String quoted(String value) {
        return "'" + value + "'";
    }

    private String letters(String alphabet, int most) {
        int[] all = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder("'");
        for (int i = random.nextInt(most); i > 0; i--) {
            text.appendCodePoint(all[random.nextInt(all.length)]);
        }
        return text.append("'").toString();
    }

    private String bytes(int most) {
        StringBuilder hex = new StringBuilder();
        for (int i = random.nextInt(most); i > 0; i--) {
            hex.append(String.format("%02x", random.nextInt(256)));
        }
        return hex.toString();
    }

    private String dateTime(int fraction, int firstYear) {
        String base = String.format(
                "%04d-%02d-%02d %02d:%02d:%02d",
                firstYear + random.nextInt(9999 - firstYear),
                1 + random.nextInt(12),
                1 + random.nextInt(28),
                random.nextInt(24),
                random.nextInt(60),
                random.nextInt(60));
        return fraction == 0 ? base : base + "." + digits(fraction);
    }

    private String digits(int count) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < count; i++) {
            digits.append(random.nextInt(10));
        }
        return digits.toString();
    }

    private void postgresql() {
        add("smallint", () -> integer(16, true), "-32768", "32767");
        add("integer", () -> integer(32, true), "-2147483648", "2147483647");
        add("bigint", () -> integer(64, true), "-9223372036854775808", "9223372036854775807");
        add(
                "numeric",
                () -> decimal(200, random.nextInt(40)),
                "1.0",
                "1.00",
                "-0.000",
                "'NaN'",
                "'Infinity'",
                "1e-300");
        add("numeric(12,4)", () -> decimal(8, 4), "99999999.9999");
        add("real", () -> quoted(real()), "'-0'", "'NaN'", "'-Infinity'", "'1e-45'", "0.1", "16777217", "3.4028235e38");
        add("double precision", () -> quoted(doubles()), "'-0'", "'NaN'", "'Infinity'", "'5e-324'", "0.1");
        add("money", "'-92233720368547758.08'", "'12.34'");
        add("boolean", "true", "false");
        add("char(5)", () -> letters("aé😀 ", 5), "''", "' a '");
        add("bpchar", "'ab  '", "''");
        add("\"char\"", "'x'", "''");
        add("name", "'public'");
        add("varchar(20)", () -> letters("aé😀 \"\\\n\t\u0001\u2028", 20), "''", "'  '", "'NULL'", "'\\N'", "'null'");
        add("text COLLATE \"C\"", () -> letters("x\u0085\u00a0\ufeff\ufffd\u202e", 300), "repeat('é\"', 200000)");
        add("bytea", () -> "'\\x" + bytes(300) + "'", "''", "'\\x00ff'", "'\\x5c78'");
        add("bit(5)", "B'10110'");
        add("bit varying", "B''", "B'000'", "B'1011010011101'");
        add("date", "'0001-01-01'", "'4713-01-01 BC'", "'infinity'", "'-infinity'", "'5874897-12-31'", "'1582-10-10'");
        add("time", "'00:00'", "'24:00:00'", "'23:59:59.999999'", "'12:00:00.000001'");
        add("time(2)", "'12:00:00.12'");
        add("timetz", "'12:00:00.000001+15:59:59'", "'00:00-12:45'");
        add(
                "timestamp",
                () -> quoted(dateTime(6, 1)),
                "'4713-01-01 00:00:00 BC'",
                "'0001-12-31 23:59:59 BC'",
                "'infinity'",
                "'294276-12-31 23:59:59.999999'",
                "'2026-03-29 02:30:00'",
                "'1582-10-10 00:00'");
        add("timestamp(3)", () -> quoted(dateTime(3, 1)));
        add(
                "timestamptz",
                () -> quoted(dateTime(6, 1) + "+05:30"),
                "'4713-01-02 00:00:00+00 BC'",
                "'-infinity'",
                "'294276-12-31 00:00:00.999999+00'",
                "'2026-10-25 02:30:00 Europe/Berlin'",
                "'1883-11-18 12:03:57 America/New_York'");
        add(
                "interval",
                "'1 mon -1 day +01:02:03.000004'",
                "'-178000000 years'",
                "'00:00'",
                "'-0.000001 sec'",
                "'1 year -25:00:00'");
        add("uuid", "'00000000-0000-0000-0000-000000000000'", "gen_random_uuid()", "gen_random_uuid()");
        add("json", "' {\"b\" : 1, \"a\":[1.00,null], \"b\":2}\n'", "'null'", "'\"\\u00e9\"'", "'1e5'");
        add("jsonb", "'{\"b\":1,\"a\":[1.00,null]}'", "'null'", "'{\"\":{}}'");
        add("xml", "'<a b=\"1\"><!-- x --> é </a>'", "'text only'");
        add("integer[]", "'{}'", "'{1,NULL,-3}'", "'[0:1][-1:0]={{1,2},{3,4}}'");
        add("text[]", "ARRAY['a,b', '\"', '\\', 'NULL', '', NULL, '{}', ' x ']", "ARRAY[]::text[]");
        add("timestamptz[]", "ARRAY['2026-01-01 00:00:00.000001+00'::timestamptz, 'infinity']");
        add("float8[]", "ARRAY[0.1::float8, 'NaN', '-0', 1e300/3]");
        add("bytea[]", "ARRAY['\\x00ff'::bytea, '']");
        add("char(3)[]", "ARRAY['a'::char(3), ' b']");
        add("mood", "'happy'", "'it''s \"so, so\"'");
        add("mood[]", "ARRAY['happy', 'it''s \"so, so\"']::mood[]");
        add("positive", "1.50", "99999");
        add("short_code", "'ab'", "''");
        add("pair", "ROW(1, 'a,\"b')", "ROW(NULL, '')", "ROW(NULL, NULL)");
        add("pair[]", "ARRAY[ROW(1, 'a,\"b')::pair, NULL]");
        add("inet", "'192.168.0.1'", "'192.168.0.1/24'", "'::1'", "'2001:db8::/32'");
        add("cidr", "'10.0.0.0/8'");
        add("macaddr", "'08:00:2b:01:02:03'");
        add("int4range", "'[1,10)'", "'empty'", "'(,5]'");
        add("tstzrange", "'[2026-01-01 00:00:00.000001+00, infinity)'");
        add("datemultirange", "'{[2026-01-01,2026-02-01), [2027-01-01,)}'");
        add("tsvector", "to_tsvector('english', 'The quick brown foxes: jumped')", "'''a b'':1A,2B ''it''''s'''", "''");
        add("tsquery", "'''fat'' & (''rat'' | !''cat'':AB)'");
        add("point", "'(0.1,-1e300)'");
        add("path", "'[(0,0),(1,0.30000000000000004)]'", "'((0,0),(1,1))'");
        add("polygon", "'((0,0),(1,0),(1,1))'");
        add("circle", "'<(1,2),3>'");
        add("pg_lsn", "'16/B374D848'");
        add("oid", "4294967295");
        add("jsonpath", "'$.a[*] ? (@ > 1)'");
    }

    private void mariadb() {
        add("TINYINT", () -> integer(8, true), "-128", "127");
        add("TINYINT UNSIGNED", () -> integer(8, false), "255");
        add("BOOLEAN", "TRUE", "FALSE");
        add("SMALLINT", () -> integer(16, true), "-32768");
        add("MEDIUMINT UNSIGNED", () -> integer(24, false), "16777215");
        add("INT", () -> integer(32, true), "-2147483648");
        add("INT(8) UNSIGNED ZEROFILL", () -> integer(32, false), "42", "0");
        add("BIGINT", () -> integer(64, true), "-9223372036854775808", "9007199254740993");
        add("BIGINT UNSIGNED", () -> integer(64, false), "18446744073709551615");
        add("DECIMAL(65,30)", () -> decimal(60, 30), "0.000000000000000000000000000001");
        add("DECIMAL(10,2) UNSIGNED ZEROFILL", "1.50", "99999999.99");
        add("FLOAT", this::real, "0.1", "16777217", "3.4028234e38", "-1.1754944e-38", "-0e0", "1.1");
        add("FLOAT(7,3)", "1.235", "-9999.999", "0.001");
        add("DOUBLE", this::doubles, "0.1", "1.7976931348623157e308", "2.2250738585072014e-308", "1e0/3", "-0e0");
        add("DOUBLE(15,4)", "12345678901.2345");
        add("BIT(1)", "b'1'", "b'0'");
        add("BIT(64)", () -> integer(64, false), "18446744073709551615", "49");
        add("CHAR(6) CHARACTER SET utf8mb4", () -> letters("aé😀", 6), "''", "' a '", "'ÀÉ'");
        add(
                "VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
                () -> letters("aA😀é\u0001\n\t\"", 30),
                "''",
                "'a  '");
        add("VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "'\\\\N'", "'NULL'", "'\\0x\\0'");
        add(
                "VARCHAR(30) CHARACTER SET latin1 COLLATE latin1_german2_ci",
                () -> letters("aß€é", 30),
                "x'80819f8d8fff'",
                "'ss'");
        add("VARCHAR(255) CHARACTER SET latin1", () -> "x'" + bytes(200) + "'");
        add("CHAR(10) CHARACTER SET sjis", "'あア'", "_sjis x'8140'", "_sjis x'815f'", "''");
        add("VARCHAR(10) CHARACTER SET ucs2", "'aé'", "'a '");
        add("VARCHAR(10) CHARACTER SET utf16", "'a😀'");
        add("TEXT CHARACTER SET big5", "'中文'", "_big5 x'a145'");
        add("TINYTEXT", "'x'", "''");
        add("TEXT", () -> letters("x\u0085\u00a0\ufeff\ufffd\u202e", 300));
        add("LONGTEXT", "REPEAT('é\"', 200000)");
        add("LONGTEXT CHARACTER SET latin1", "REPEAT('é', 9000000)"); // more than a packet as UTF-8
        add("BINARY(5)", "x'00ff'", "'ab '");
        add("VARBINARY(300)", () -> "x'" + bytes(300) + "'", "''", "x'00'");
        add("BLOB", () -> "x'" + bytes(300) + "'", "''");
        add("LONGBLOB", "REPEAT(x'00ff27', 100000)");
        add("DATE", "'0000-00-00'", "'0001-01-01'", "'9999-12-31'", "'2026-02-31'", "'2026-00-00'", "'1582-10-10'");
        add("TIME", "'838:59:59'", "'-838:59:59'", "'00:00:00'");
        add("TIME(6)", "'-838:59:59.999999'", "'25:00:00.000001'", "'-00:00:00.000001'");
        add("DATETIME", () -> quoted(dateTime(0, 1)), "'0000-00-00 00:00:00'", "'2026-03-29 02:30:00'");
        add(
                "DATETIME(6)",
                () -> quoted(dateTime(6, 1)),
                "'9999-12-31 23:59:59.999999'",
                "'2026-02-31 00:00:00.000001'");
        add(
                "TIMESTAMP NULL",
                "'1970-01-02 00:00:01'",
                "'2038-01-18 00:00:00'",
                "'0000-00-00 00:00:00'",
                "'2026-10-25 02:30:00'");
        add(
                "TIMESTAMP(6) NULL",
                () -> quoted(String.format("%04d", 1971 + random.nextInt(60))
                        + dateTime(6, 1).substring(4)));
        add(
                "TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)",
                "'2020-01-01 00:00:00.123'");
        add("YEAR", "1901", "2155", "'0000'", "2000");
        add("ENUM('a', 'it''s, \"so\"', 'é')", "'a'", "3", "'it''s, \"so\"'");
        add("ENUM('', '1', '0')", "'1'", "'0'", "''");
        add("SET('x', 'y', 'é z')", "''", "'x,é z'", "7");
        add("JSON", "' {\"b\" : 1, \"a\":[1.00,null], \"b\":2}\\n'", "'null'", "'\"é\"'");
        add("UUID", "'123e4567-e89b-12d3-a456-426655440000'", "UUID()");
        add("INET4", "'192.168.0.1'");
        add("INET6", "'::ffff:192.0.2.128'", "'2001:db8::ff00:42:8329'");
        add("POINT", "ST_GeomFromText('POINT(0.1 -1e300)', 4326)", "ST_GeomFromText('POINT(1 2)')");
        add(
                "GEOMETRY",
                "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')",
                "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2))')");
        add("VARCHAR(10) INVISIBLE", "'seen'");
        add("VARCHAR(50) COMPRESSED", "'squeezed'", "''");
    }

    private void h2() {
        add("TINYINT", () -> integer(8, true), "-128");
        add("SMALLINT", () -> integer(16, true), "-32768");
        add("INTEGER", () -> integer(32, true), "-2147483648");
        add("BIGINT", () -> integer(64, true), "-9223372036854775808", "9007199254740993");
        add("NUMERIC(80,30)", () -> decimal(60, 30), "1.00");
        add("DECFLOAT", () -> decimal(30, random.nextInt(20)), "1.00", "1E+500", "'NaN'", "'-Infinity'");
        add("REAL", this::real, "0.1", "'NaN'", "'-Infinity'", "16777217", "3.4028235e38");
        add("DOUBLE PRECISION", this::doubles, "0.1", "'NaN'", "'Infinity'", "4.9e-324");
        add("BOOLEAN", "TRUE", "FALSE");
        add("CHAR(5)", () -> letters("aé😀 ", 3), "''", "' a '");
        add("VARCHAR(60)", () -> letters("aé😀 \"\\\n\u0001", 20), "''", "'  '", "U&'a\\0000b'", "'NULL'");
        add(
                "VARCHAR(10)",
                "CHAR(55357)",
                "'x' || CHAR(56832)",
                "CHAR(56832) || CHAR(55357)",
                "'😀'"); // halves of a pair
        add("VARCHAR_IGNORECASE(10)", "'aA'");
        add("CLOB", () -> letters("x\u0085\u00a0\ufeff\ufffd", 300), "REPEAT('é\"', 700000)");
        add("BINARY(4)", "X'00ff'");
        add("VARBINARY(400)", () -> "X'" + bytes(300) + "'", "X''");
        add("BLOB", () -> "X'" + bytes(300) + "'", "X''");
        add("DATE", "'0001-01-01'", "'-0044-03-15'", "'12345-12-31'", "'1582-10-10'");
        add("TIME(9)", "'00:00:00'", "'23:59:59.999999999'");
        add("TIME(3) WITH TIME ZONE", "'12:00:00.123+17:59'", "'00:00:00-12:45'");
        add(
                "TIMESTAMP(9)",
                () -> quoted(dateTime(9, 1)),
                "'2026-03-29 02:30:00'",
                "'-0044-03-15 12:00:00.000000001'",
                "'1582-10-10 00:00:00'");
        add("TIMESTAMP(0)", () -> quoted(dateTime(0, 1)));
        add(
                "TIMESTAMP(9) WITH TIME ZONE",
                () -> quoted(dateTime(9, 1) + "+05:30"),
                "'0001-01-01 00:00:00+00'",
                "'2026-06-15 12:00:00.000000001-12:45:30'");
        add("INTERVAL YEAR TO MONTH", "INTERVAL '-1-11' YEAR TO MONTH");
        add("INTERVAL DAY TO SECOND(9)", "INTERVAL '-1 02:03:04.000000005' DAY TO SECOND");
        add("INTERVAL HOUR", "INTERVAL '48' HOUR");
        add("UUID", "RANDOM_UUID()", "'00000000-0000-0000-0000-000000000000'");
        add("ENUM('a', 'it''s \"so\"')", "'a'", "'it''s \"so\"'");
        add("GEOMETRY", "'POINT (1 2)'", "'SRID=4326;POINT Z (0.1 -2 1E300)'", "'POLYGON ((0 0, 1 0, 1 1, 0 0))'");
        add("JSON", "JSON '{\"b\" : 1, \"a\":[1.00,null]}'", "JSON 'null'", "JSON '\"é\"'", "JSON '1e5'");
        add("INTEGER ARRAY", "ARRAY[]", "ARRAY[1, NULL, -3]");
        add("VARCHAR(10) ARRAY", "ARRAY['a,b', '\"', '', NULL, '[]', 'NULL']");
        add(
                "TIMESTAMP(9) WITH TIME ZONE ARRAY",
                "ARRAY[TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00.000000001+05:30']");
        add("short_code", "'ab'", "''");
    }
}
