package io.causalstreams.it;

/** The operator on the public broker image. */
class ContainerBrokerIT extends OperatorSuite {
    @Override
    Brokers.Broker startBroker() {
        return Brokers.container();
    }
}
