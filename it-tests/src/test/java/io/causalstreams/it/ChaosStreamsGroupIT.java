package io.causalstreams.it;

/** Chaos with {@code group.protocol=streams}. */
class ChaosStreamsGroupIT extends ChaosSuite {
    @Override
    String groupProtocol() {
        return "streams";
    }
}
