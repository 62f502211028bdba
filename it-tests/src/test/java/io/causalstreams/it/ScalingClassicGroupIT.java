package io.causalstreams.it;

/** Scaling with {@code group.protocol=classic}. */
class ScalingClassicGroupIT extends ScalingSuite {
    @Override
    String groupProtocol() {
        return "classic";
    }
}
