package io.causalstreams.it;

/** Rights and secrets on the broker in this JVM. */
class SecuredEmbeddedBrokerIT extends SecuritySuite {
    @Override
    SecuredBroker startBroker() {
        return SecuredBroker.embedded();
    }
}
