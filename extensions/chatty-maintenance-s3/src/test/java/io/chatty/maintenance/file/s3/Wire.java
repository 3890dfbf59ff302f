package io.chatty.maintenance.file.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/** The wire between a client and the endpoint: notes what goes over it, and can be told to go wrong. */
final class Wire implements SdkHttpClient {

    private final SdkHttpClient http = Apache5HttpClient.create();
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private volatile Function<SdkHttpRequest, Fault> faults = request -> Fault.NONE;

    /** What goes wrong with a request. */
    enum Fault {
        NONE,
        /** The endpoint answers 503 and does nothing. */
        SLOW_DOWN,
        /** The endpoint answers 403 and does nothing. */
        DENIED,
        /** The endpoint answers 400 and does nothing. */
        INVALID,
        /** The endpoint answers 404 and does nothing. */
        NOT_FOUND,
        /** The endpoint does it, and the answer is lost. */
        LOST_ANSWER,
        /** The endpoint does it, and the answer breaks off after ten bytes of its body, as if that were its end. */
        CUT_ANSWER
    }

    void go(Function<SdkHttpRequest, Fault> wrong) {
        faults = wrong;
    }

    /** What was sent since the last time that this was asked, as {@code METHOD key?query}. */
    List<String> takeSent() {
        List<String> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        sent.add(request.httpRequest().method() + " " + request.httpRequest().encodedPath()
                + request.httpRequest()
                        .encodedQueryParameters()
                        .map(query -> "?" + query)
                        .orElse(""));
        Fault fault = faults.apply(request.httpRequest());
        return switch (fault) {
            case NONE -> http.prepareRequest(request);
            case SLOW_DOWN -> answer(503, "SlowDown");
            case DENIED -> answer(403, "AccessDenied");
            case INVALID -> answer(400, "InvalidRequest");
            case NOT_FOUND -> answer(404, "NoSuchKey");
            case CUT_ANSWER -> cut(http.prepareRequest(request));
            case LOST_ANSWER -> lose(http.prepareRequest(request));
        };
    }

    private static ExecutableHttpRequest answer(int status, String code) {
        byte[] body = ("<Error><Code>" + code + "</Code><Message>said the test</Message></Error>").getBytes(UTF_8);
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() {
                return HttpExecuteResponse.builder()
                        .response(SdkHttpResponse.builder()
                                .statusCode(status)
                                .putHeader("Content-Length", Integer.toString(body.length))
                                .build())
                        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
                        .build();
            }

            @Override
            public void abort() {}
        };
    }

    private static ExecutableHttpRequest cut(ExecutableHttpRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                HttpExecuteResponse whole = request.call();
                byte[] first = whole.responseBody().orElseThrow().readNBytes(10);
                return HttpExecuteResponse.builder()
                        .response(whole.httpResponse())
                        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(first)))
                        .build();
            }

            @Override
            public void abort() {
                request.abort();
            }
        };
    }

    private static ExecutableHttpRequest lose(ExecutableHttpRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                Optional<AbortableInputStream> body = request.call().responseBody();
                if (body.isPresent()) {
                    body.get().readAllBytes();
                    body.get().close();
                }
                throw new IOException("the answer is lost");
            }

            @Override
            public void abort() {
                request.abort();
            }
        };
    }

    @Override
    public void close() {
        http.close();
    }
}
