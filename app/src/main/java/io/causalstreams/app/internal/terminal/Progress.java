package io.causalstreams.app.internal.terminal;

/** Shows that long work goes on: a bar on a terminal, a few plain lines elsewhere. Always on stderr. */
public interface Progress {

    /**
     * Announces work of {@code totalBytes}; 0 or less when nobody knows.
     *
     * @param label what is done to what: {@code Downloading smollm2-135m-instruct}
     */
    Task start(String label, long totalBytes);

    /**
     * Announces work of {@code total} equal parts.
     *
     * @param unit what a part is called, {@code steps}
     */
    Task count(String label, long total, String unit);

    /** A line about something that does not take long. */
    void note(String line);

    /** One piece of work; closing it ends its bar, whether it is done or not. Any thread, one at a time. */
    interface Task extends AutoCloseable {

        /** Reports how much is done of how much. */
        void update(long done, long total);

        @Override
        void close();
    }

    /** What suits stderr. */
    static Progress ofStderr() {
        return Terminal.stderrIsTerminal() ? new ProgressBars(System.err) : new ProgressLines(System.err);
    }

    /** Shows nothing. */
    static Progress silent() {
        return new Progress() {
            @Override
            public Task start(String label, long totalBytes) {
                return new Task() {
                    @Override
                    public void update(long doneBytes, long totalBytes) {}

                    @Override
                    public void close() {}
                };
            }

            @Override
            public Task count(String label, long total, String unit) {
                return start(label, total);
            }

            @Override
            public void note(String line) {}
        };
    }
}
