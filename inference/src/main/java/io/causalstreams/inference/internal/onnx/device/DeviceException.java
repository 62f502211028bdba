package io.causalstreams.inference.internal.onnx.device;

/** A device refused something; the message names the device, the call and the device's reason. */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }
}
