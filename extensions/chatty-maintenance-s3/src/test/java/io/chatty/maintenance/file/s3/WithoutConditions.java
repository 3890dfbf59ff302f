package io.chatty.maintenance.file.s3;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;

/** Makes an endpoint one that does not heed conditions: they never reach it. */
final class WithoutConditions implements ExecutionInterceptor {

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        if (context.request() instanceof DeleteObjectsRequest request) {
            return request.copy(r -> r.delete(d -> d.objects(request.delete().objects().stream()
                    .map(object -> object.copy(o -> o.eTag(null)))
                    .toList())));
        }
        return context.request();
    }

    @Override
    public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
        return context.httpRequest().copy(http -> http.removeHeader("If-Match").removeHeader("If-None-Match"));
    }
}
