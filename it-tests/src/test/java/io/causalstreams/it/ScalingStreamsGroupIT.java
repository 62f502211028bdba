package io.causalstreams.it;

/** Scaling with {@code group.protocol=streams}. */
class ScalingStreamsGroupIT extends ScalingSuite {
    @Override
    String groupProtocol() {
        return "streams";
    }
}
