package io.causalstreams.topology;

/** Values that are JSON already. Stateless. */
enum JsonFormat implements ValueFormat {
    INSTANCE;

    @Override
    public byte[] toJson(String topic, byte[] value) {
        return value;
    }

    @Override
    public byte[] fromJson(String topic, byte[] json) {
        return json;
    }
}
