package io.chatty.maintenance.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import io.chatty.maintenance.task.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What somebody wrote, and the defaults below it. Immutable. */
final class Document {

    private static final String ROOT = "chatty-maintenance";

    /** What decoders put in the place of what they cannot decode. */
    private static final String NOT_UTF_8 = "\uFFFD";

    private static final ConfigParseOptions AS_DEFAULTS =
            ConfigParseOptions.defaults().setOriginDescription(Problems.DEFAULT);

    private final Config written;

    private Document(Config written) {
        this.written = written;
    }

    static Document load(Path file) {
        String wrong = !Files.exists(file)
                ? "does not exist"
                : Files.isDirectory(file)
                        ? "is a folder"
                        : !Files.isReadable(file) ? "may not be read by this user" : "";
        if (!wrong.isEmpty()) {
            throw new SettingsException(List.of(
                    "file: \"" + file + "\" given, which " + wrong + "; allowed is a HOCON file that can be read"));
        }
        return read(
                file.toString(),
                // By its absolute path: what it includes beside itself is not found otherwise.
                () -> ConfigFactory.parseFile(
                        file.toAbsolutePath().toFile(),
                        ConfigParseOptions.defaults().setAllowMissing(false)));
    }

    static Document parse(String hocon) {
        return read(
                "the text",
                () -> ConfigFactory.parseString(
                        hocon, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF)));
    }

    static Document ofClassPath(ClassLoader loader) {
        return read(
                "application.conf",
                () -> ConfigFactory.defaultApplication(
                        ConfigParseOptions.defaults().setClassLoader(loader).setAllowMissing(false)));
    }

    private static Document read(String what, Supplier<Config> read) {
        try {
            Config written = read.get().resolve();
            List<String> broken = new ArrayList<>();
            brokenTexts("", written.root(), broken);
            if (!broken.isEmpty()) {
                throw new SettingsException(broken);
            }
            return new Document(written);
        } catch (ConfigException e) {
            throw new SettingsException(List.of(what + ": " + why(e)));
        } catch (StackOverflowError e) {
            throw new SettingsException(List.of(what + ": is nested too deep to be read"));
        }
    }

    /**
     * A file in another encoding is read without an error, with a sign in the place of what is not UTF-8. A room's name would be
     * that of no room then, and the room lose its rule.
     */
    private static void brokenTexts(String path, ConfigObject object, List<String> broken) {
        object.forEach((key, value) -> {
            String at = Problems.path(path, key);
            if (value instanceof ConfigObject below && !key.contains(NOT_UTF_8)) {
                brokenTexts(at, below, broken);
            } else if (key.contains(NOT_UTF_8) || value.render().contains(NOT_UTF_8)) {
                broken.add(at + ": has a sign that is not UTF-8; save the file in that encoding");
            }
        });
    }

    private static String why(ConfigException e) {
        String text = Quotation.masked(String.valueOf(e.getMessage()));
        return e instanceof ConfigException.IO ? "cannot be read: " + text : "is not HOCON that can be used: " + text;
    }

    /** For mistakes in it. */
    Problems problems() {
        return new Problems(written.origin());
    }

    /**
     * All values below the root, with the profile's and all other defaults.
     *
     * @param problems takes note if there is no root
     */
    ConfigObject values(Problems problems) {
        ConfigValue root = written.root().get(ROOT);
        if (!(root instanceof ConfigObject object)) {
            problems.add(
                    ROOT,
                    root == null
                            ? "missing; all settings stand below it: " + ROOT + " { … }"
                                    + written.root().keySet().stream()
                                            .map(key -> Nearest.hint(key, List.of(ROOT)))
                                            .collect(Collectors.joining())
                            : Kind.given(ROOT, root) + " given, allowed is an object { … }",
                    root == null ? null : root.origin());
            return defaults("");
        }
        ConfigValue profile = object.get("profile");
        String named = profile == null ? "" : String.valueOf(profile.unwrapped());
        return object.withFallback(defaults(named));
    }

    private static ConfigObject defaults(String profile) {
        // By its class loader, which finds it among other libraries' files of that name, also as a module.
        Config all = ConfigFactory.parseResources(Document.class.getClassLoader(), "reference.conf", AS_DEFAULTS);
        Config defaults = profile.equals("development")
                ? ConfigFactory.parseURL(
                                Objects.requireNonNull(Document.class.getResource("development.conf")), AS_DEFAULTS)
                        .withFallback(all)
                : all;
        return defaults.getObject(ROOT);
    }
}
