package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.RemovalDelivery;
import io.chatty.maintenance.retention.RemovalListener;
import java.util.Optional;
import java.util.Set;

/** {@code settings} of a {@code removal-delivery}. */
final class RemovalDeliverySection {

    private RemovalDeliverySection() {}

    static Optional<RemovalDelivery> read(Section settings, TasksSection.Shared shared) {
        Optional<RemovalListener> listener = shared.providers()
                .make(settings, RemovalListenerProvider.class, "provider", Set.of(), RemovalListenerProvider::create);
        settings.end();
        return shared.database().flatMap(chat -> listener.map(chat::removalDelivery));
    }
}
