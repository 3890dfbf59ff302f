package io.chatty.maintenance.examples.chat.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium, driven by its driver over the WebDriver protocol (W3C Recommendation of 2018). */
final class Browser implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("started successfully on port ([0-9]+)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Process driver;
    private final URI sessions;
    private String session = "";

    private Browser(Process driver, int port) {
        this.driver = driver;
        this.sessions = URI.create("http://127.0.0.1:" + port + "/session");
    }

    /** A browser with one window, in which nothing is; empty if there is none on this machine. */
    static Optional<Browser> start() throws Exception {
        Optional<Path> driver = onPath("chromedriver");
        Optional<Path> chromium = Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> onPath(name).stream())
                .findFirst();
        if (driver.isEmpty() || chromium.isEmpty()) {
            return Optional.empty();
        }
        Process process = new ProcessBuilder(driver.get().toString(), "--port=0")
                .redirectErrorStream(true)
                .start();
        try {
            Browser browser = new Browser(process, portOf(process));
            browser.open(chromium.get());
            return Optional.of(browser);
        } catch (Exception e) {
            process.destroy();
            throw e;
        }
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Until it says so, or ends. */
    private static int portOf(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.append(line).append('\n');
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                return Integer.parseInt(started.group(1));
            }
        }
        throw new IllegalStateException("chromedriver ended: " + said);
    }

    private void open(Path chromium) throws Exception {
        // Without a sandbox, which root cannot have; and without /dev/shm, which is small in containers.
        List<String> arguments = List.of(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--no-first-run",
                "--user-data-dir="
                        + Files.createTempDirectory(Path.of("target"), "browser")
                                .toAbsolutePath());
        Map<String, Object> options = Map.of("binary", chromium.toString(), "args", arguments);
        Map<String, Object> wanted = Map.of("browserName", "chrome", "goog:chromeOptions", options);
        JsonNode opened = call("POST", "", Map.of("capabilities", Map.of("alwaysMatch", wanted)));
        session = "/" + opened.get("sessionId").asText();
        call("POST", "/timeouts", Map.of("script", PATIENCE.toMillis()));
    }

    private JsonNode call(String method, String path, Map<String, ?> body) throws Exception {
        HttpRequest.BodyPublisher content = method.equals("POST")
                ? HttpRequest.BodyPublishers.ofString(mapper.writeValueAsString(body))
                : HttpRequest.BodyPublishers.noBody();
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(sessions + session + path))
                        .timeout(PATIENCE.multipliedBy(2))
                        .method(method, content)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        JsonNode value = mapper.readTree(answer.body()).get("value");
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(method + " " + path + ": " + value.get("message"));
        }
        return value;
    }

    /** The window that it looks at. */
    String window() throws Exception {
        return call("GET", "/window", Map.of()).asText();
    }

    /** Opens another window, and looks at it. */
    String newWindow() throws Exception {
        String opened = call("POST", "/window/new", Map.of("type", "window"))
                .get("handle")
                .asText();
        lookAt(opened);
        return opened;
    }

    void lookAt(String window) throws Exception {
        call("POST", "/window", Map.of("handle", window));
    }

    /** Closes the window that it looks at, as a person does. */
    void closeWindow() throws Exception {
        call("DELETE", "/window", Map.of());
    }

    void go(String address) throws Exception {
        call("POST", "/url", Map.of("url", address));
    }

    /** Types into the element of that selector. */
    void type(String selector, String text) throws Exception {
        call("POST", element(selector) + "/value", Map.of("text", text));
    }

    void click(String selector) throws Exception {
        call("POST", element(selector) + "/click", Map.of());
    }

    private String element(String selector) throws Exception {
        JsonNode found = call("POST", "/element", Map.of("using", "css selector", "value", selector));
        return "/element/" + found.elements().next().asText();
    }

    /** The lines of a list in the page as they are when that pattern matches them, or when it has not for a while. */
    String linesOf(String selector, String pattern, Duration patience) throws Exception {
        String script = """
                const [selector, pattern, patience, done] = arguments;
                const lines = () => [...document.querySelectorAll(selector)].map(line => line.innerText.trim()).join(', ');
                const look = () => {
                  if (!new RegExp('^(?:' + pattern + ')$').test(lines())) return;
                  observer.disconnect();
                  clearTimeout(end);
                  done(lines());
                };
                const observer = new MutationObserver(look);
                const end = setTimeout(() => { observer.disconnect(); done(lines()); }, patience);
                observer.observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
                look();
                """;
        List<Object> arguments = List.of(selector, pattern, patience.toMillis());
        return call("POST", "/execute/async", Map.of("script", script, "args", arguments))
                .asText();
    }

    /** In good order, so that it leaves nothing behind; by force if it takes too long. */
    @Override
    public void close() {
        List<ProcessHandle> processes = driver.descendants().toList();
        HttpRequest quit = HttpRequest.newBuilder(URI.create(sessions + session + "/goog/cdp/execute"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"cmd\": \"Browser.close\", \"params\": {}}"))
                .build();
        HttpRequest end =
                HttpRequest.newBuilder(URI.create(sessions + session)).DELETE().build();
        // The browser may end before it answers. What has ended counts as a process until the driver has looked.
        var unused = client.sendAsync(quit, HttpResponse.BodyHandlers.discarding())
                .exceptionally(failure -> null)
                .thenCompose(answer -> client.sendAsync(end, HttpResponse.BodyHandlers.discarding()));
        boolean ended = CompletableFuture.allOf(
                        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .thenApply(all -> true)
                .completeOnTimeout(false, PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        if (!ended) {
            processes.forEach(ProcessHandle::destroyForcibly);
        }
        driver.destroy();
        driver.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
}
