package io.datastored.service.wire;

import com.google.common.io.ByteStreams;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * An encoded message marshaller sends messages that are already encoded. Immutable. A client parses
 * the bytes as the message of the contract.
 */
final class EncodedMessageMarshaller implements Marshaller<EncodedMessage> {

  @Override
  public InputStream stream(EncodedMessage message) {
    return new Encoded(message);
  }

  @Override
  public EncodedMessage parse(InputStream stream) {
    try {
      return new EncodedMessage(ByteStreams.toByteArray(stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Confined to one call. The known length saves the framer a copy, and draining saves it a buffer.
   */
  private static final class Encoded extends FilterInputStream implements Drainable, KnownLength {
    private final EncodedMessage message;

    Encoded(EncodedMessage message) {
      super(message.open());
      this.message = message;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      message.writeTo(target);
      return message.size();
    }
  }
}
