package io.causalstreams.it;

/** Chaos with {@code group.protocol=classic}. */
class ChaosClassicGroupIT extends ChaosSuite {
    @Override
    String groupProtocol() {
        return "classic";
    }
}
