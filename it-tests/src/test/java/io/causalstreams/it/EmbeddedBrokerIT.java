package io.causalstreams.it;

/** The operator on the development broker. */
class EmbeddedBrokerIT extends OperatorSuite {
    @Override
    Brokers.Broker startBroker() {
        return Brokers.embedded();
    }
}
