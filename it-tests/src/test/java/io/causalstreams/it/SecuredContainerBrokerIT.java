package io.causalstreams.it;

/** Rights and secrets on the public broker image. */
class SecuredContainerBrokerIT extends SecuritySuite {
    @Override
    SecuredBroker startBroker() {
        return SecuredBroker.container();
    }
}
