package io.chatty.maintenance.database.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.file.sweep.ReferenceList;
import io.chatty.maintenance.file.verify.FindingsFile;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import io.chatty.maintenance.presence.redis.RedisPresenceTracker;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.testkit.TestClock;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The arrows between packages, and what the code does without. Arrows between modules are kept by their descriptors.
 *
 * <p>Each rule comes with a class that breaks it, so that a rule which cannot fail is noticed.
 */
final class ArchitectureTest {

    private static final String ROOT = "io.chatty.maintenance";
    private static final String TASK = ROOT + ".task..";
    private static final String SCHEDULE = ROOT + ".schedule..";
    private static final String RUN = ROOT + ".run..";
    private static final String RETENTION = ROOT + ".retention..";
    private static final String FILE = ROOT + ".file..";
    private static final String PRESENCE = ROOT + ".presence..";
    private static final String PRESENCE_OVER_REDIS = ROOT + ".presence.redis..";
    private static final String ENGINE = ROOT + ".engine..";
    private static final String JDBC = ROOT + ".jdbc..";
    private static final String INTERNAL = ROOT + ".jdbc.internal..";

    /** Public types that go by the system's clock unless they are given another. */
    private static final Set<String> HAVE_DEFAULT_CLOCKS = Set.of(
            MaintenanceEngine.class.getName(),
            FindingsFile.class.getName(),
            ReferenceList.class.getName(),
            LocalPresenceTracker.Builder.class.getName(),
            RedisPresenceTracker.Builder.class.getName());

    /** Each uses at most those before it. */
    private static final List<String> INTERNALS = Stream.of(
                    "archive.file",
                    "database",
                    "table",
                    "run",
                    "hold",
                    "outbox",
                    "policy",
                    "archive",
                    "cleanup",
                    "presence",
                    "erasure",
                    "partition",
                    "unused",
                    "care",
                    "signal",
                    "file")
            .map(name -> ROOT + ".jdbc.internal." + name)
            .toList();

    /** Where the classes of the published modules are: in a jar once it is packaged, before that in a folder. */
    private static final Pattern PUBLISHED =
            Pattern.compile(".*/chatty-maintenance-[a-z]+(-[^/]*\\.jar!|/target/classes)/.*");

    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(location -> location.matches(PUBLISHED))
            .importPackages(ROOT);

    private enum Guard {
        TASK_USES_NO_PACKAGE_BESIDE_IT(
                usesOnly(TASK, "java..", "org.jspecify..", TASK),
                "task",
                "class Bad { io.chatty.maintenance.run.Run run; }"),

        SCHEDULE_USES_AT_MOST_TASK(
                usesOnly(SCHEDULE, "java..", "org.jspecify..", SCHEDULE, TASK),
                "schedule",
                "class Bad { io.chatty.maintenance.run.Run run; }"),

        RUN_USES_AT_MOST_TASK(
                usesOnly(RUN, "java..", "org.jspecify..", RUN, TASK),
                "run",
                "class Bad { io.chatty.maintenance.retention.RetentionRule rule; }"),

        RETENTION_USES_AT_MOST_TASK(
                usesOnly(RETENTION, "java..", "org.jspecify..", RETENTION, TASK),
                "retention",
                "class Bad { io.chatty.maintenance.schedule.Schedule schedule; }"),

        FILE_USES_AT_MOST_TASK(
                usesOnly(FILE, "java..", "org.jspecify..", "org.slf4j..", "io.micrometer..", FILE, TASK),
                "file",
                "class Bad { io.chatty.maintenance.run.Run run; }"),

        PRESENCE_USES_AT_MOST_TASK(
                usesOnly(
                        PRESENCE,
                        "java..",
                        "org.jspecify..",
                        "org.slf4j..",
                        "io.micrometer..",
                        "io.lettuce..",
                        PRESENCE,
                        TASK),
                "presence",
                "class Bad { io.chatty.maintenance.run.Run run; }"),

        NOTHING_USES_A_CLIENT_OF_REDIS_BUT_PRESENCE_OVER_IT(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(PRESENCE_OVER_REDIS)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("io.lettuce..", PRESENCE_OVER_REDIS),
                "presence",
                "class Bad { io.lettuce.core.RedisURI redis; }"),

        ARROWS_BETWEEN_INTERNALS_GO_ONE_WAY(
                classes().that().resideInAPackage(INTERNAL).should(useOnlyWhatStandsBefore(INTERNALS)),
                "jdbc.internal.database",
                "class Bad { io.chatty.maintenance.jdbc.internal.table.HostTables tables; }"),

        CORE_DOES_NOT_USE_JDBC(
                neverUses(ENGINE, JDBC), "engine", "class Bad { io.chatty.maintenance.jdbc.ChatDatabase chat; }"),

        JDBC_DOES_NOT_USE_CORE(
                neverUses(JDBC, ENGINE),
                "jdbc",
                "class Bad { io.chatty.maintenance.engine.MaintenanceEngine engine; }"),

        NOTHING_OUTSIDE_JDBC_USES_ITS_INTERNALS(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(JDBC)
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(INTERNAL),
                "testkit",
                "class Bad { io.chatty.maintenance.jdbc.internal.database.Database database; }"),

        JDBI_STAYS_INTERNAL(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(INTERNAL)
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.jdbi.."),
                "jdbc",
                "class Bad { private org.jdbi.v3.core.Jdbi jdbi; }"),

        SIGNATURES_NAME_NO_TYPE_OF_A_DEPENDENCY(
                classes()
                        .that()
                        .arePublic()
                        .and()
                        .resideOutsideOfPackage(INTERNAL)
                        .should(nameNoTypeOf(
                                "org.jdbi.",
                                "com.cronutils.",
                                "com.zaxxer.",
                                "org.slf4j.",
                                "dev.failsafe.",
                                "com.fasterxml.",
                                "com.github.luben.",
                                "com.typesafe.",
                                "io.micrometer.")),
                "engine",
                "public class Bad { public java.util.List<com.zaxxer.hikari.HikariConfig> pools() { return null; } }"),

        NAMES_SAY_WHAT_A_CLASS_DOES(
                noClasses().should().haveNameMatching(".*(Manager|Helper|Impl|Utils?)(\\$.*)?"),
                "engine",
                "class RunManager {}"),

        TIME_IS_ASKED_OF_A_CLOCK_THAT_WAS_GIVEN(
                noClasses()
                        .that(describe(
                                "have no default clock besides one that is given",
                                type -> !HAVE_DEFAULT_CLOCKS.contains(type.getName())))
                        .should(use("a static clock", ArchitectureTest::isStaticClock)),
                "engine",
                "class Bad { java.time.InstantSource clock = java.time.InstantSource.system(); }"),

        A_DEFAULT_CLOCK_IS_THE_SYSTEMS_AND_NO_OTHER(
                noClasses()
                        .should(use(
                                "a static clock other than InstantSource.system()",
                                target -> isStaticClock(target)
                                        && !target.getOwner().isEquivalentTo(InstantSource.class))),
                "engine",
                "class Bad { java.util.function.Supplier<java.time.Instant> clock = java.time.Instant::now; }"),

        NOTHING_SLEEPS(
                noClasses().should(use("sleep", target -> target.getName().equals("sleep"))),
                "jdbc",
                "class Bad { void nap() throws Exception { java.util.concurrent.TimeUnit.SECONDS.sleep(1); } }");

        @SuppressWarnings("ImmutableEnumChecker") // it is, and does not say so
        private final ArchRule rule;

        private final String folder;
        private final String badClass;

        /**
         * A rule.
         *
         * @param folder the package of the class that breaks it, below the root
         * @param badClass the class that breaks it
         */
        Guard(ArchRule rule, String folder, String badClass) {
            this.rule = rule;
            this.folder = folder;
            this.badClass = badClass;
        }
    }

    @Test
    void the_rules_look_at_all_published_modules_and_no_test() {
        assertThat(Stream.of(
                        Schedule.class,
                        MaintenanceEngine.class,
                        ChatDatabase.class,
                        TestClock.class,
                        RedisPresenceTracker.class))
                .allSatisfy(type -> assertThat(CODE.contain(type)).isTrue());
        assertThat(CODE.contain(ArchitectureTest.class)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void the_code_keeps_the_rule(Guard guard) {
        guard.rule.check(CODE);
    }

    @ParameterizedTest
    @EnumSource
    void the_rule_reports_a_class_that_breaks_it(Guard guard, @TempDir Path folder) {
        Sources.compile(
                folder,
                Map.of("Bad.java", "package " + ROOT + "." + guard.folder + "; " + guard.badClass),
                "-Xlint:-auxiliaryclass",
                "-cp",
                System.getProperty("java.class.path"));

        JavaClasses bad = new ClassFileImporter().importPath(folder);

        assertThat(guard.rule.evaluate(bad).getFailureReport().getDetails()).hasSize(1);
    }

    /** Tests and examples of all modules too, which are not on this class path. */
    @Test
    void no_source_sleeps() throws IOException {
        assertThat(sleeping(Path.of("..").toRealPath())).isEmpty();
    }

    @Test
    void a_source_that_sleeps_is_found(@TempDir Path folder) throws IOException {
        Path bad = Files.writeString(folder.resolve("Bad.java"), "class Bad {{ Thread" + ".sleep(1); }}");
        Files.writeString(folder.resolve("Good.java"), "class Good { /* Thread.sleep is not called. */ }");
        assertThat(sleeping(folder)).containsExactly(bad);
    }

    private static List<Path> sleeping(Path root) throws IOException {
        Pattern call = Pattern.compile("\\bThread\\s*\\.\\s*sleep\\s*\\(");
        List<Path> sources = Sources.below(root);
        assertThat(sources).isNotEmpty();
        return sources.stream()
                .filter(file -> call.matcher(Sources.text(file)).find())
                .toList();
    }

    private static ArchRule usesOnly(String who, String... allowed) {
        return classes()
                .that()
                .resideInAPackage(who)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed);
    }

    private static ArchRule neverUses(String who, String whom) {
        return noClasses()
                .that()
                .resideInAPackage(who)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(whom);
    }

    private static ArchCondition<JavaClass> useOnlyWhatStandsBefore(List<String> order) {
        return new ArchCondition<>("use at most the packages before theirs in " + order) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                int own = order.indexOf(type.getPackageName());
                if (own < 0) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is in none of " + order));
                }
                type.getDirectDependenciesFromSelf().stream()
                        .filter(use -> order.indexOf(use.getTargetClass().getPackageName()) > own)
                        .forEach(use -> events.add(SimpleConditionEvent.violated(type, use.getDescription())));
            }
        };
    }

    /** A call, or a reference to a method. */
    private static ArchCondition<JavaClass> use(String what, Predicate<AccessTarget> which) {
        return ArchConditions.accessTargetWhere(JavaAccess.Predicates.target(describe(what, which)));
    }

    private static boolean isStaticClock(AccessTarget target) {
        JavaClass owner = target.getOwner();
        String name = target.getName();
        List<String> parameters = target instanceof CodeUnitAccessTarget called
                ? called.getRawParameterTypes().stream().map(JavaClass::getName).toList()
                : List.of();
        boolean now = name.equals("now")
                && owner.getPackageName().startsWith("java.time")
                && !parameters.contains(Clock.class.getName());
        boolean system = name.startsWith("system")
                && (owner.isEquivalentTo(Clock.class) || owner.isEquivalentTo(InstantSource.class));
        boolean millis = name.equals("currentTimeMillis") && owner.isEquivalentTo(System.class);
        boolean date = name.equals("<init>") && owner.isEquivalentTo(Date.class) && parameters.isEmpty();
        return now || system || millis || date;
    }

    private static ArchCondition<JavaClass> nameNoTypeOf(String... prefixes) {
        return new ArchCondition<>("name no type of " + List.of(prefixes) + " in what others can see") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream<JavaType> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
                Stream<JavaType> members = type.getMembers().stream()
                        .filter(ArchitectureTest::canBeSeen)
                        .flatMap(ArchitectureTest::typesOf);
                Stream.concat(parents, members)
                        .flatMap(named -> named.getAllInvolvedRawTypes().stream())
                        .map(JavaClass::getName)
                        .distinct()
                        .filter(name -> !name.equals(MeterRegistry.class.getName())) // hosts hand theirs in
                        .filter(name -> Stream.of(prefixes).anyMatch(name::startsWith))
                        .forEach(name ->
                                events.add(SimpleConditionEvent.violated(type, type.getName() + " names " + name)));
            }
        };
    }

    private static boolean canBeSeen(JavaMember member) {
        Set<JavaModifier> modifiers = member.getModifiers();
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaType> typesOf(JavaMember member) {
        if (member instanceof JavaField field) {
            return Stream.of(field.getType());
        }
        JavaCodeUnit unit = (JavaCodeUnit) member;
        return Stream.of(
                        Stream.of(unit.getReturnType()),
                        unit.getParameterTypes().stream(),
                        unit.getExceptionTypes().stream(),
                        unit.getTypeParameters().stream())
                .flatMap(types -> types);
    }
}
