/** Files in a bucket of S3, or of a store that speaks like it. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // S3 ends in a digit
module io.chatty.maintenance.file.s3 {
    requires transitive io.chatty.maintenance.api;
    requires transitive static org.jspecify;
    requires org.slf4j;
    requires transitive software.amazon.awssdk.services.s3;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.http;

    exports io.chatty.maintenance.file.s3;
}
