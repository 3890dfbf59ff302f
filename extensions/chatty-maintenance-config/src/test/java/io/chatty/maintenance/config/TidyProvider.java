package io.chatty.maintenance.config;

import io.chatty.maintenance.task.MaintenanceTask;

/** Makes tasks that do nothing. */
public final class TidyProvider implements TaskProvider {

    /** For the service loader. */
    public TidyProvider() {}

    @Override
    public String name() {
        return "tidy";
    }

    @Override
    public MaintenanceTask create(String task, PluginSettings settings) {
        if (settings.wholeNumber("shelves").orElse(1L) < 1) {
            throw new IllegalArgumentException("shelves: at least 1 is allowed");
        }
        String name = settings.flag("misnamed").orElse(false) ? "mess" : task;
        return MaintenanceTask.of(name, () -> {});
    }
}
